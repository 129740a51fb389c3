package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block-set-write-threshold` (qapi/block-core.json, since 2.3): asks for one event `BLOCK_WRITE_THRESHOLD`
/// when a write goes beyond an offset. For an image file that grows, name the node of the file, not that of
/// the format.
///
/// @param thresholdBytes 0 asks for no event any more
public record SetWriteThreshold(String nodeName, long thresholdBytes) implements QmpAction {

    @Override
    public String name() {
        return "block-set-write-threshold";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("node-name", nodeName).put("write-threshold", thresholdBytes);
    }
}
