package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `object-del` (qapi/qom.json, since 2.0): removes an object that nobody uses.
public record RemoveObject(String id) implements QmpAction {

    @Override
    public String name() {
        return "object-del";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", id);
    }
}
