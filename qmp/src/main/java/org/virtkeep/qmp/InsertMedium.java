package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-insert-medium` (qapi/block.json, since 2.12): puts a node into an empty drive whose
/// tray is open.
///
/// @param device the drive's device: its id or path
public record InsertMedium(String device, String nodeName) implements QmpAction {

    @Override
    public String name() {
        return "blockdev-insert-medium";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", device).put("node-name", nodeName);
    }
}
