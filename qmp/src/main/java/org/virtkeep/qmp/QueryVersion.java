package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/// `query-version` (qapi/control.json, since 0.14): QEMU's version, as in the greeting.
public record QueryVersion() implements QmpCommand<QemuVersion> {

    @Override
    public String name() {
        return "query-version";
    }

    @Override
    public QemuVersion decode(JsonNode result) throws QmpException.Protocol {
        return QemuVersion.from(JsonObject.of(result, "return"));
    }
}
