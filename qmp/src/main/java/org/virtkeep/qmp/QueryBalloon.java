package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/// `query-balloon` (qapi/machine.json, since 0.14): the guest's memory without what its balloon has taken, in bytes.
/// Refused with the class `DeviceNotActive` if there is no balloon.
public record QueryBalloon() implements QmpCommand<Long> {

    @Override
    public String name() {
        return "query-balloon";
    }

    @Override
    public Long decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.of(result, "return").number("actual");
    }
}
