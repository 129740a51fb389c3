package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotXml;
import org.virtkeep.qemu.state.Json;

/// A snapshot that is being taken.
///
/// @param run        the run of the domain that it is taken in
/// @param snapshot   as it will be stored
/// @param checkpoint the checkpoint of the same instant, as it will be stored
/// @param metadata   whether the snapshot will be stored at all
record SnapshotCreation(
        int run,
        Phase phase,
        SnapshotDefinition snapshot,
        Optional<String> checkpoint,
        boolean metadata,
        List<Overlay> overlays)
        implements SnapshotChange {
    static final String KIND = "create";

    SnapshotCreation {
        overlays = List.copyOf(overlays);
    }

    /// How far it came.
    enum Phase {
        /// Some of the overlays' files may exist; those that are empty are ours.
        PREPARING,
        /// All files exist and are ours; nodes may exist.
        MADE,
        /// The instant may have been.
        INSTANT,
        /// The instant has been: the overlays hold what is true.
        TAKEN
    }

    @Override
    public String name() {
        return snapshot.name().orElseThrow();
    }

    @Override
    public String inWords() {
        return "is being created";
    }

    SnapshotCreation with(Phase next) {
        return new SnapshotCreation(run, next, snapshot, checkpoint, metadata, overlays);
    }

    @Override
    public ObjectNode toJson() {
        ObjectNode node = Json.object()
                .put("kind", KIND)
                .put("run", run)
                .put("phase", phase.name())
                .put("snapshot", SnapshotXml.write(snapshot))
                .put("metadata", metadata);
        checkpoint.ifPresent(xml -> node.put("checkpoint", xml));
        ArrayNode list = node.putArray("overlays");
        overlays.forEach(overlay -> list.add(overlay.toJson()));
        return node;
    }

    static SnapshotCreation fromJson(JsonNode node) throws IOException {
        var overlays = new ArrayList<Overlay>();
        for (JsonNode overlay : Json.elements(node, "overlays")) {
            overlays.add(Overlay.fromJson(overlay));
        }
        return new SnapshotCreation(
                Json.integer(node, "run"),
                Json.constant(node, "phase", Phase.class),
                SnapshotXml.read(Json.text(node, "snapshot")),
                Json.optionalText(node, "checkpoint"),
                Json.flag(node, "metadata"),
                overlays);
    }
}
