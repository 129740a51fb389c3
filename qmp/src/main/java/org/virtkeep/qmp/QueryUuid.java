package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/// `query-uuid` (qapi/machine.json, since 0.14): the guest's UUID; all zeros if QEMU was started without one.
public record QueryUuid() implements QmpCommand<UUID> {

    @Override
    public String name() {
        return "query-uuid";
    }

    @Override
    public UUID decode(JsonNode result) throws QmpException.Protocol {
        JsonObject reply = JsonObject.of(result, "return");
        try {
            return UUID.fromString(reply.text("UUID"));
        } catch (IllegalArgumentException _) {
            throw reply.wrong("UUID", "a UUID");
        }
    }
}
