package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-del` (qapi/block-core.json, since 2.9): closes a node that nobody uses. Its image is flushed and
/// its persistent bitmaps are stored.
public record RemoveNode(String nodeName) implements QmpAction {

    @Override
    public String name() {
        return "blockdev-del";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("node-name", nodeName);
    }
}
