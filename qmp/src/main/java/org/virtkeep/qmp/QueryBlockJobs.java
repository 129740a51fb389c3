package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `query-block-jobs` (qapi/block-core.json, since 1.1): the jobs that work on block nodes, with their I/O
/// status. `blockdev-create` jobs are not among them.
public record QueryBlockJobs() implements QmpCommand<List<BlockJobInfo>> {

    @Override
    public String name() {
        return "query-block-jobs";
    }

    @Override
    public List<BlockJobInfo> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", BlockJobInfo::from);
    }
}
