package org.virtkeep.cli;

import java.util.Comparator;
import java.util.Optional;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

final class DomJobInfoCommand extends JobCommand {
    private boolean completed;

    @Override
    Manual manual() {
        return Manual.of("tell how a backup job gets on")
                .description(
                        "Writes the statistics of a backup job, whole and per disk: of the one that runs, or if none does of the "
                                + "one that ended last. Asking does not use up the answer.",
                        "The job type is Unbounded while the job runs, then Completed, Failed or Cancelled; None if the domain "
                                + "never had a job. With --json, the statistics have the names of libvirt's job parameters, the "
                                + "type is libvirt's number, and times are in milliseconds.")
                .examples(
                        "virtkeep domjobinfo web1",
                        "virtkeep domjobinfo web1 --id 7 --completed",
                        "    the result of job 7, disk by disk",
                        "virtkeep domjobinfo web1 --json | jq '.disk_processed, .disk_total'",
                        "    how far it is, in bytes");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag(
                "--completed",
                "the job that ended last, even if another one runs; with --id, that job, which must have ended",
                given -> completed = given);
    }

    @Override
    void run(Domain domain, Output output) {
        Optional<BackupJob> job = completed && id() == 0 ? lastEnded(domain) : chosen(domain);
        job.filter(known -> completed && !known.state().hasEnded()).ifPresent(running -> {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID,
                    "backup job %d of domain '%s' has not ended; leave out --completed to see how far it is"
                            .formatted(running.id(), domain.name()));
        });
        if (output.isJson()) {
            output.json(job.map(known -> JobJson.of(domain.name(), known))
                    .orElseGet(() -> new JsonObject()
                            .put("domain", domain.name())
                            .putNull("id")
                            .put("type", 0)
                            .put("operation", 0)));
        } else {
            output.text(job.map(JobReport::text)
                    .orElseGet(() -> new Facts().add("Job type", "None").render()));
        }
    }

    private Optional<BackupJob> chosen(Domain domain) {
        try {
            return Optional.of(domain.backupJob(id()));
        } catch (VirtException e) {
            if (id() == 0 && e.code() == ErrorCode.NO_DOMAIN_BACKUP) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Optional<BackupJob> lastEnded(Domain domain) {
        return domain.backupJobs().stream()
                .filter(job -> job.ended().isPresent())
                .max(Comparator.comparing(job -> job.ended().orElseThrow()));
    }
}
