package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block_resize` (qapi/block-core.json, since 0.14): changes the size that the guest sees.
public record ResizeNode(String nodeName, long sizeBytes) implements QmpAction {

    @Override
    public String name() {
        return "block_resize";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("node-name", nodeName).put("size", sizeBytes);
    }
}
