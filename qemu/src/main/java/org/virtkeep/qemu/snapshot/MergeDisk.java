package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.virtkeep.model.DiskSource;
import org.virtkeep.qemu.state.Json;

/// A disk whose overlay is being merged into an image below, with those in between, or copied to another image.
///
/// @param target     the disk, and the name of the block job
/// @param active     the overlay is what the guest writes to
/// @param top        the overlay
/// @param topNode    its node
/// @param topStorage the nodes of its files
/// @param between    the images between it and the base, from the top down
/// @param base       the image that they are merged into, or copied to
/// @param baseNode   its node
/// @param baseFormat its format
public record MergeDisk(
        String target,
        boolean active,
        DiskSource top,
        String topNode,
        List<String> topStorage,
        List<Between> between,
        DiskSource base,
        String baseNode,
        String baseFormat,
        State state) {

    /// An image between the overlay and the base.
    ///
    /// @param storage the nodes of its files
    public record Between(DiskSource source, String node, List<String> storage) {
        public Between {
            storage = List.copyOf(storage);
        }
    }

    /// Which of the images is true.
    public enum State {
        /// The chain is as it was. The job exists or will.
        COMMITTING,
        /// All of the overlay is in the image below, and the chain without the overlay holds what is true,
        /// whether QEMU has gone over to it or not.
        PIVOTING,
        /// Nothing is left of the overlay.
        MERGED
    }

    public MergeDisk {
        topStorage = List.copyOf(topStorage);
        between = List.copyOf(between);
    }

    public MergeDisk with(State next) {
        return new MergeDisk(target, active, top, topNode, topStorage, between, base, baseNode, baseFormat, next);
    }

    /// The nodes of the images that the disk does not need afterwards, from the top down.
    public List<String> images() {
        return Stream.concat(Stream.of(topNode), between.stream().map(Between::node))
                .toList();
    }

    /// What [#images] are in, in their order.
    public List<DiskSource> sources() {
        return Stream.concat(Stream.of(top), between.stream().map(Between::source))
                .toList();
    }

    /// All nodes that are to be closed afterwards, each before those it uses.
    List<String> nodes() {
        var nodes = new ArrayList<String>(List.of(topNode));
        nodes.addAll(topStorage);
        for (Between image : between) {
            nodes.add(image.node());
            nodes.addAll(image.storage());
        }
        return nodes;
    }

    public ObjectNode toJson() {
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
        ArrayNode images = node.putArray("between");
        between.forEach(image -> images.add(toJson(image)));
        return node;
    }

    private static ObjectNode toJson(Between image) {
        ObjectNode node = Json.object().put("node", image.node());
        node.set("source", Images.toJson(image.source()));
        ArrayNode storage = node.putArray("storage");
        image.storage().forEach(storage::add);
        return node;
    }

    private static List<String> texts(JsonNode node, String field) throws IOException {
        return Json.elements(node, field).stream().map(JsonNode::asText).toList();
    }

    public static MergeDisk fromJson(JsonNode node) throws IOException {
        var between = new ArrayList<Between>();
        for (JsonNode image : Json.elements(node, "between")) {
            between.add(new Between(
                    Images.fromJson(image.path("source")), Json.text(image, "node"), texts(image, "storage")));
        }
        return new MergeDisk(
                Json.text(node, "target"),
                Json.flag(node, "active"),
                Images.fromJson(node.path("top")),
                Json.text(node, "topNode"),
                texts(node, "topStorage"),
                between,
                Images.fromJson(node.path("base")),
                Json.text(node, "baseNode"),
                Json.text(node, "baseFormat"),
                Json.constant(node, "state", State.class));
    }
}
