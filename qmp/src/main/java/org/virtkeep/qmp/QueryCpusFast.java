package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `query-cpus-fast` (qapi/machine.json, since 2.12): the guest's processors, without disturbing them.
public record QueryCpusFast() implements QmpCommand<List<CpuInfo>> {

    @Override
    public String name() {
        return "query-cpus-fast";
    }

    @Override
    public List<CpuInfo> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", CpuInfo::from);
    }
}
