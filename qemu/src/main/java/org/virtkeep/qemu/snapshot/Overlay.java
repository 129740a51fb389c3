package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.virtkeep.model.DiskSource;
import org.virtkeep.qemu.state.Json;

/// A disk's new active image in the making.
///
/// @param target   the disk
/// @param baseNode the node that it writes to before the instant
/// @param base     the image of that node
/// @param baseFormat its format
/// @param node     the overlay's node; its file's is called [#fileNode()]
/// @param image    the overlay
/// @param reused   the caller provides the image
/// @param size     virtual size in bytes
record Overlay(
        String target,
        String baseNode,
        DiskSource base,
        String baseFormat,
        String node,
        DiskSource image,
        boolean reused,
        long size) {

    String fileNode() {
        return node + "-f";
    }

    /// The job that formats it.
    String createJob() {
        return node + "-n";
    }

    Path path() {
        return Path.of(image.describe());
    }

    /// True if the overlay is a file that we make.
    boolean isMade() {
        return !reused && image instanceof DiskSource.File;
    }

    ObjectNode toJson() {
        ObjectNode node = Json.object()
                .put("target", target)
                .put("baseNode", baseNode)
                .put("baseFormat", baseFormat)
                .put("node", this.node)
                .put("reused", reused)
                .put("size", size);
        node.set("base", Images.toJson(base));
        node.set("image", Images.toJson(image));
        return node;
    }

    static Overlay fromJson(JsonNode node) throws IOException {
        return new Overlay(
                Json.text(node, "target"),
                Json.text(node, "baseNode"),
                Images.fromJson(node.path("base")),
                Json.text(node, "baseFormat"),
                Json.text(node, "node"),
                Images.fromJson(node.path("image")),
                Json.flag(node, "reused"),
                Json.number(node, "size"));
    }
}
