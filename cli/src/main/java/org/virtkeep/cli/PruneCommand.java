package org.virtkeep.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.PrunePlan;
import org.virtkeep.repository.PruneReport;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.Task;

final class PruneCommand extends CliCommand {
    private final RepoOption repo = new RepoOption();
    private final KeepRules rules = new KeepRules();
    private List<String> domains = List.of();
    private boolean dryRun;

    @Override
    Manual manual() {
        return Manual.of("delete backups that are no longer wanted, and free their space")
                .description(
                        "Keeps of each domain the backups that any of the rules keeps, deletes the others, and frees what no backup "
                                + "needs any more. A rule such as --keep-daily 7 keeps the newest backup of each of the last 7 days "
                                + "that have one. Without a rule all backups stay, and only garbage is freed.",
                        "Backups that are held ('virtkeep hold') stay. Backups, restores and other work may go on meanwhile: what a "
                                + "running session may need is freed by the next prune. It may be interrupted at any moment.")
                .examples(
                        "virtkeep prune --repo /backup --keep-last 3 --keep-daily 14 --keep-weekly 8 --dry-run",
                        "    tells what would be deleted",
                        "virtkeep prune --repo /backup --keep-last 30 --domain web1",
                        "    leaves the backups of all other domains alone");
    }

    @Override
    void declare(Options options) {
        repo.declare(options);
        rules.declare(options);
        options.texts(
                "--domain",
                "DOMAIN",
                "apply the rules to this domain and keep all backups of others; may be repeated",
                words -> domains = words);
        options.flag("--dry-run", "tell what would be done, and do nothing", given -> dryRun = given);
    }

    @Override
    Places places() {
        return Places.of();
    }

    @Override
    void run(Output output) throws IOException {
        var plan = new PrunePlan(rules.policy(), Set.copyOf(domains));
        try (Repository repository = repo.open(program().surroundings())) {
            Map<String, BackupInfo> before =
                    repository.list().backups().stream().collect(Collectors.toMap(BackupInfo::id, Function.identity()));
            var task = new Task();
            PruneReport report;
            try (var _ = TaskDisplay.of(task, program().surroundings(), output)) {
                report = dryRun ? repository.tryPrune(plan, task) : repository.prune(plan, task);
            }
            new PruneResult(report, before, repository.holds(), dryRun).tell(output);
        }
    }
}
