package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.virtkeep.qemu.state.Json;

/// A change of the set of checkpoints that has begun and is not known to have ended: bitmaps and records
/// cannot change at one instant, so whoever finds it undoes a creation, and finishes a deletion.
///
/// @param bitmaps whether a deletion takes the bitmaps with it
record CheckpointChange(Kind kind, String name, boolean bitmaps) {

    enum Kind {
        CREATE,
        DELETE
    }

    static CheckpointChange creation(String name) {
        return new CheckpointChange(Kind.CREATE, name, true);
    }

    static CheckpointChange deletion(String name, boolean bitmaps) {
        return new CheckpointChange(Kind.DELETE, name, bitmaps);
    }

    ObjectNode toJson() {
        return Json.object().put("kind", kind.name()).put("name", name).put("bitmaps", bitmaps);
    }

    static CheckpointChange fromJson(JsonNode node) throws IOException {
        String kind = Json.text(node, "kind");
        try {
            return new CheckpointChange(
                    Kind.valueOf(kind),
                    Json.text(node, "name"),
                    node.path("bitmaps").asBoolean());
        } catch (IllegalArgumentException e) {
            throw new IOException("unknown change '%s'".formatted(kind), e);
        }
    }
}
