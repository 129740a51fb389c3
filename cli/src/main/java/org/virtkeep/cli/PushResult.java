package org.virtkeep.cli;

import java.time.Duration;
import java.util.Set;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain;
import org.virtkeep.api.JobState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// The last words about a push that was waited for.
final class PushResult {
    private PushResult() {}

    /// Acknowledges the job, so that nobody else has to, and says how it ended.
    ///
    /// @throws VirtException OPERATION_FAILED or OPERATION_ABORTED if it did not complete
    static void tell(Domain domain, BackupJob job, Output output, boolean idOnly) {
        acknowledge(domain, job, output);
        switch (job.state()) {
            case COMPLETED -> completed(domain, job, output, idOnly);
            case FAILED -> throw failure(ErrorCode.OPERATION_FAILED, domain, job);
            case CANCELLED -> throw failure(ErrorCode.OPERATION_ABORTED, domain, job);
            case RUNNING -> throw new IllegalArgumentException("job %d has not ended".formatted(job.id()));
        }
    }

    private static void completed(Domain domain, BackupJob job, Output output, boolean idOnly) {
        if (!idOnly) {
            output.done(
                    "Backup job %d of domain '%s' completed: %s in %s (%s/s)"
                            .formatted(
                                    job.id(),
                                    domain.name(),
                                    Humane.size(job.processed()),
                                    Humane.duration(job.elapsed()),
                                    Humane.size(perSecond(job))),
                    JobJson.of(domain.name(), job));
        }
    }

    private static long perSecond(BackupJob job) {
        Duration elapsed = job.elapsed();
        return elapsed.isZero() ? job.processed() : (long) (job.processed() / (elapsed.toNanos() / 1e9));
    }

    /// A failed job is acknowledged by an error that repeats its reason, and a domain that has gone has no job.
    private static void acknowledge(Domain domain, BackupJob job, Output output) {
        try {
            domain.backupEnd(job.id(), Set.of());
        } catch (VirtException e) {
            if (job.state() == JobState.COMPLETED && e.code() != ErrorCode.NO_DOMAIN) {
                output.note("backup job %d completed, but could not be acknowledged: %s"
                        .formatted(job.id(), e.getMessage()));
            }
        }
    }

    private static VirtException failure(ErrorCode code, Domain domain, BackupJob job) {
        String why = JobView.reason(job).map(reason -> ": " + reason).orElse("");
        return new VirtException(
                code,
                ErrorDomain.QEMU,
                "backup job %d of domain '%s' %s%s".formatted(job.id(), domain.name(), JobView.word(job.state()), why));
    }
}
