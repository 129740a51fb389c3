package org.virtkeep.cli;

import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain;

final class BackupListCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("list a domain's backup jobs")
                .description("Lists the backup jobs that run and the last ones that ended, oldest first.")
                .examples(
                        "virtkeep backup-list web1",
                        "virtkeep backup-list web1 --json | jq '.[] | select(.state == \"failed\")'",
                        "    those that failed, with all that is known of them");
    }

    @Override
    void run(Domain domain, Output output) {
        if (output.isJson()) {
            output.json(domain.backupJobs().stream()
                    .map(job -> JobJson.of(domain.name(), job))
                    .toList());
            return;
        }
        var table = new Table("Id", "Mode", "State", "Started", "Elapsed", "Disks", "Processed", "Checkpoint", "Error");
        for (BackupJob job : domain.backupJobs()) {
            table.row(
                    Integer.toString(job.id()),
                    JobView.mode(job),
                    JobView.word(job.state()),
                    Humane.time(job.started()),
                    Humane.duration(job.elapsed()),
                    JobView.disks(job),
                    JobView.progress(job),
                    job.checkpoint().orElse("-"),
                    JobView.reason(job).orElse("-"));
        }
        output.table(table);
    }
}
