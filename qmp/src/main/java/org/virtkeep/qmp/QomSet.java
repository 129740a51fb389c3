package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// `qom-set` (qapi/qom.json, since 1.2): changes one property of an object in QEMU.
///
/// @param path the object's place, such as `/machine/peripheral/disk0`
public record QomSet(String path, String property, JsonNode value) implements QmpAction {

    public QomSet {
        value = value.deepCopy();
    }

    @Override
    public JsonNode value() {
        return value.deepCopy();
    }

    @Override
    public String name() {
        return "qom-set";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode arguments = Json.object("path", path).put("property", property);
        arguments.set("value", value());
        return arguments;
    }
}
