package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// `query-jobs` (qapi/job.json, since 3.0): all jobs, also those that are concluded and not dismissed.
public record QueryJobs() implements QmpCommand<List<JobInfo>> {

    @Override
    public String name() {
        return "query-jobs";
    }

    @Override
    public List<JobInfo> decode(JsonNode result) throws QmpException.Protocol {
        return JsonObject.list(result, "return", JobInfo::from);
    }
}
