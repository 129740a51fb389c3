package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `job-resume` (qapi/job.json, since 3.0): resumes a job that [PauseJob] or an I/O error paused.
public record ResumeJob(String jobId) implements QmpAction {

    @Override
    public String name() {
        return "job-resume";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("id", jobId);
    }
}
