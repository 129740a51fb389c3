package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// `qom-list` (qapi/qom.json, since 1.2): the properties of an object in QEMU, its children among them.
///
/// @param path the object's place, such as `/machine/peripheral`
public record QomList(String path) implements QmpCommand<List<QomProperty>> {

    @Override
    public String name() {
        return "qom-list";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("path", path);
    }

    @Override
    public List<QomProperty> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", QomProperty::from);
    }
}
