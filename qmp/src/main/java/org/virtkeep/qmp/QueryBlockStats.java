package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `query-blockstats` (qapi/block-core.json, since 0.14): what the guest has asked of its disks.
public record QueryBlockStats() implements QmpCommand<List<BlockStats>> {

    @Override
    public String name() {
        return "query-blockstats";
    }

    @Override
    public List<BlockStats> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", BlockStats::from);
    }
}
