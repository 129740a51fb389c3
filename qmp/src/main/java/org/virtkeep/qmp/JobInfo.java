package org.virtkeep.qmp;

import java.util.Optional;

/// One job (`JobInfo`, qapi/job.json).
///
/// @param type the kind of work, such as `backup`, `create` or `commit`
/// @param currentProgress how much is done, in a unit of the job's own; only the ratio to the total has a
///     meaning
/// @param totalProgress what `currentProgress` is expected to reach; may grow
/// @param error why the job failed, present from [JobStatus#ABORTING] on; a concluded job without it
///     succeeded
public record JobInfo(
        String id, String type, JobStatus status, long currentProgress, long totalProgress, Optional<String> error) {

    static JobInfo from(JsonObject job) throws QmpException.Protocol {
        return new JobInfo(
                job.text("id"),
                job.text("type"),
                JobStatus.of(job.text("status")),
                job.number("current-progress"),
                job.number("total-progress"),
                job.optionalText("error"));
    }
}
