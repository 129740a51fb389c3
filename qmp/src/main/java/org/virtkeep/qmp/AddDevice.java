package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `device_add` (qapi/qdev.json, since 0.13): plugs a device into the guest.
///
/// @param properties what its driver asks for besides the id, such as `bus` and `drive`
public record AddDevice(String driver, String id, ObjectNode properties) implements QmpAction {

    public AddDevice {
        properties = properties.deepCopy();
    }

    @Override
    public ObjectNode properties() {
        return properties.deepCopy();
    }

    @Override
    public String name() {
        return "device_add";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode arguments = Json.object("driver", driver).put("id", id);
        arguments.setAll(properties());
        return arguments;
    }
}
