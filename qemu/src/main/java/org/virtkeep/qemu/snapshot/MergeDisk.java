package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.model.DiskSource;
import org.virtkeep.qemu.state.Json;

/// A disk whose overlay is being merged into the image below.
///
/// @param target     the disk, and the name of the block job
/// @param active     the overlay is what the guest writes to
/// @param top        the overlay
/// @param topNode    its node
/// @param topStorage the nodes of its files
/// @param base       the image that it is merged into
/// @param baseNode   its node
/// @param baseFormat its format
record MergeDisk(
        String target,
        boolean active,
        DiskSource top,
        String topNode,
        List<String> topStorage,
        DiskSource base,
        String baseNode,
        String baseFormat,
        State state) {

    /// Which of the images is true.
    enum State {
        /// The chain is as it was. The job exists or will.
        COMMITTING,
        /// All of the overlay is in the image below, and the chain without the overlay holds what is true,
        /// whether QEMU has gone over to it or not.
        PIVOTING,
        /// Nothing is left of the overlay.
        MERGED
    }

    MergeDisk {
        topStorage = List.copyOf(topStorage);
    }

    MergeDisk with(State next) {
        return new MergeDisk(target, active, top, topNode, topStorage, base, baseNode, baseFormat, next);
    }

    ObjectNode toJson() {
        ObjectNode node = Json.object()
                .put("target", target)
                .put("active", active)
                .put("topNode", topNode)
                .put("baseNode", baseNode)
                .put("baseFormat", baseFormat)
                .put("state", state.name());
        node.set("top", Images.toJson(top));
        node.set("base", Images.toJson(base));
        ArrayNode storage = node.putArray("topStorage");
        topStorage.forEach(storage::add);
        return node;
    }

    static MergeDisk fromJson(JsonNode node) throws IOException {
        var storage = new ArrayList<String>();
        for (JsonNode name : Json.elements(node, "topStorage")) {
            storage.add(name.asText());
        }
        return new MergeDisk(
                Json.text(node, "target"),
                Json.flag(node, "active"),
                Images.fromJson(node.path("top")),
                Json.text(node, "topNode"),
                storage,
                Images.fromJson(node.path("base")),
                Json.text(node, "baseNode"),
                Json.text(node, "baseFormat"),
                Json.constant(node, "state", State.class));
    }
}
