package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-remove-medium` (qapi/block.json, since 2.12): takes the medium out of a drive whose
/// tray is open. Its node stays.
///
/// @param device the drive's device: its id or path
public record RemoveMedium(String device) implements QmpAction {

    @Override
    public String name() {
        return "blockdev-remove-medium";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", device);
    }
}
