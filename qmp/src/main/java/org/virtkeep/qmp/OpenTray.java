package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-open-tray` (qapi/block.json, since 2.3): opens a drive's tray. Where the guest has
/// locked it, the guest is asked, and the tray stays closed unless `force`.
///
/// @param device the drive's device: its id or path
public record OpenTray(String device, boolean force) implements QmpAction {

    @Override
    public String name() {
        return "blockdev-open-tray";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", device).put("force", force);
    }
}
