package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `job-cancel` (qapi/job.json, since 3.0): asks the job to give up. It waits for requests in flight, fails
/// with an error, and must be dismissed like any other.
public record CancelJob(String jobId) implements QmpAction {

    @Override
    public String name() {
        return "job-cancel";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", jobId);
    }
}
