package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-snapshot` (qapi/block-core.json, since 2.5): puts `overlay` on top of a node; from then on the
/// guest writes to it and the node is read-only. On success the node's persistent bitmaps are stored.
///
/// @param overlay a node of the same size that was opened without backing
public record TakeSnapshot(String nodeName, String overlay) implements TransactionAction {

    @Override
    public String name() {
        return "blockdev-snapshot";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("node", nodeName).put("overlay", overlay);
    }
}
