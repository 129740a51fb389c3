package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/// `query-status` (qapi/run-state.json, since 0.14): whether the guest runs, and if not, why.
public record QueryStatus() implements QmpCommand<VmStatus> {

    @Override
    public String name() {
        return "query-status";
    }

    @Override
    public VmStatus decode(JsonNode result) throws QmpException.Protocol {
        return VmStatus.from(JsonObject.of(result, "return"));
    }
}
