package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `job-pause` (qapi/job.json, since 3.0): pauses the job at its next point of rest.
public record PauseJob(String jobId) implements QmpAction {

    @Override
    public String name() {
        return "job-pause";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", jobId);
    }
}
