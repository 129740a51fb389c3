package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.qemu.state.Json;

/// A snapshot that is being deleted: its overlays are merged into the images below.
///
/// @param run the run of the domain in which it began; the merging ends with it
record SnapshotDeletion(String name, int run, List<MergeDisk> disks) implements SnapshotChange {
    static final String KIND = "delete";

    SnapshotDeletion {
        disks = List.copyOf(disks);
    }

    @Override
    public String inWords() {
        return "is being deleted: its overlays are merged into the images below (snapshot-delete)";
    }

    /// The same deletion with a disk that has come further.
    SnapshotDeletion with(MergeDisk changed) {
        return new SnapshotDeletion(
                name,
                run,
                disks.stream()
                        .map(disk -> disk.target().equals(changed.target()) ? changed : disk)
                        .toList());
    }

    @Override
    public ObjectNode toJson() {
        ObjectNode node = Json.object().put("kind", KIND).put("name", name).put("run", run);
        ArrayNode list = node.putArray("disks");
        disks.forEach(disk -> list.add(disk.toJson()));
        return node;
    }

    static SnapshotDeletion fromJson(JsonNode node) throws IOException {
        var disks = new ArrayList<MergeDisk>();
        for (JsonNode disk : Json.elements(node, "disks")) {
            disks.add(MergeDisk.fromJson(disk));
        }
        return new SnapshotDeletion(Json.text(node, "name"), Json.integer(node, "run"), disks);
    }
}
