package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `object-add` (qapi/qom.json, since 2.0): makes an object, such as a `throttle-group` or a `secret`.
///
/// @param properties what its type asks for besides the id
public record AddObject(String qomType, String id, ObjectNode properties) implements QmpAction {

    public AddObject {
        properties = properties.deepCopy();
    }

    @Override
    public ObjectNode properties() {
        return properties.deepCopy();
    }

    @Override
    public String name() {
        return "object-add";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode arguments = Json.object("qom-type", qomType).put("id", id);
        arguments.setAll(properties());
        return arguments;
    }
}
