package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `job-finalize` (qapi/job.json, since 3.0): lets a pending job, and the others of its transaction, take
/// effect.
public record FinalizeJob(String jobId) implements QmpAction {

    @Override
    public String name() {
        return "job-finalize";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", jobId);
    }
}
