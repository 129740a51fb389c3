package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// `qom-get` (qapi/qom.json, since 1.2): reads one property of an object in QEMU.
///
/// @param path the object's place, such as `/machine/peripheral/disk0`
public record QomGet(String path, String property) implements QmpCommand<JsonNode> {

    @Override
    public String name() {
        return "qom-get";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("path", path).put("property", property);
    }

    @Override
    public JsonNode decode(JsonNode result) {
        return result;
    }
}
