package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `device_del` (qapi/qdev.json, since 0.14): asks the guest to give up a device. It is gone with the event
/// `DEVICE_DELETED`; a guest may never answer.
public record RemoveDevice(String id) implements QmpAction {

    @Override
    public String name() {
        return "device_del";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", id);
    }
}
