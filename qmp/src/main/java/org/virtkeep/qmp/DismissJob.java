package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `job-dismiss` (qapi/job.json, since 3.0): forgets a concluded job. Until then its id is taken and, for
/// some jobs, commands on its nodes are refused.
public record DismissJob(String jobId) implements QmpAction {

    @Override
    public String name() {
        return "job-dismiss";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", jobId);
    }
}
