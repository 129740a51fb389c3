package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-close-tray` (qapi/block.json, since 2.3): closes a drive's tray; the guest sees the
/// medium then.
///
/// @param device the drive's device: its id or path
public record CloseTray(String device) implements QmpAction {

    @Override
    public String name() {
        return "blockdev-close-tray";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", device);
    }
}
