package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.model.XmlElement;
import org.virtkeep.qemu.state.Json;

/// A domain that is being put back to a snapshot.
///
/// @param decided    all overlays are made; from here on it is finished and not undone
/// @param definition the domain's XML afterwards
/// @param overlays   the new active images; they have no nodes
record SnapshotRevert(String name, boolean decided, XmlElement definition, List<Overlay> overlays)
        implements SnapshotChange {
    static final String KIND = "revert";

    SnapshotRevert {
        overlays = List.copyOf(overlays);
    }

    @Override
    public String inWords() {
        return "is being gone back to";
    }

    SnapshotRevert asDecided() {
        return new SnapshotRevert(name, true, definition, overlays);
    }

    @Override
    public ObjectNode toJson() {
        ObjectNode node = Json.object()
                .put("kind", KIND)
                .put("name", name)
                .put("decided", decided)
                .put("definition", definition.write());
        ArrayNode list = node.putArray("overlays");
        overlays.forEach(overlay -> list.add(overlay.toJson()));
        return node;
    }

    static SnapshotRevert fromJson(JsonNode node) throws IOException {
        var overlays = new ArrayList<Overlay>();
        for (JsonNode overlay : Json.elements(node, "overlays")) {
            overlays.add(Overlay.fromJson(overlay));
        }
        return new SnapshotRevert(
                Json.text(node, "name"),
                Json.flag(node, "decided"),
                XmlElement.read(Json.text(node, "definition")),
                overlays);
    }
}
