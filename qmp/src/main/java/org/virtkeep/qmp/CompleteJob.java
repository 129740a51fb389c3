package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `job-complete` (qapi/job.json, since 3.0): makes a ready mirror or active commit switch over.
public record CompleteJob(String jobId) implements QmpAction {

    @Override
    public String name() {
        return "job-complete";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", jobId);
    }
}
