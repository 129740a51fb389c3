package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.qemu.state.Json;

/// A change of the set of checkpoints that has begun and is not known to have ended: bitmaps and records
/// cannot change at one instant, so whoever finds it undoes a creation, and finishes a deletion.
///
/// @param names   what is created, one, or deleted
/// @param bitmaps whether a deletion takes the bitmaps with it
record CheckpointChange(Kind kind, List<String> names, boolean bitmaps) {
    CheckpointChange {
        names = List.copyOf(names);
    }

    enum Kind {
        CREATE,
        DELETE
    }

    static CheckpointChange creation(String name) {
        return new CheckpointChange(Kind.CREATE, List.of(name), true);
    }

    static CheckpointChange deletion(List<String> names, boolean bitmaps) {
        return new CheckpointChange(Kind.DELETE, names, bitmaps);
    }

    ObjectNode toJson() {
        ObjectNode node = Json.object().put("kind", kind.name());
        ArrayNode array = node.putArray("names");
        names.forEach(array::add);
        return node.put("bitmaps", bitmaps);
    }

    static CheckpointChange fromJson(JsonNode node) throws IOException {
        String kind = Json.text(node, "kind");
        var names = new ArrayList<String>();
        node.path("names").forEach(name -> names.add(name.asText()));
        if (names.isEmpty()) {
            names.add(Json.text(node, "name")); // as it was written when there could be only one
        }
        try {
            return new CheckpointChange(
                    Kind.valueOf(kind), names, node.path("bitmaps").asBoolean());
        } catch (IllegalArgumentException e) {
            throw new IOException("unknown change '%s'".formatted(kind), e);
        }
    }
}
