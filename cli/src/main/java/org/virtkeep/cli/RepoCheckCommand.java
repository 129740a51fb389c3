package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.CheckPlan;
import org.virtkeep.repository.CheckReport;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.Task;

final class RepoCheckCommand extends RepoCommand {
    private final CheckScope scope = new CheckScope();
    private int exitCode;

    @Override
    Manual manual() {
        return Manual.of("look for faults in a whole repository")
                .description(
                        "Reads everything but the content of chunks: configuration, manifests, maps, index, and the directories of "
                                + "packs. With --data every byte is read and compared with its hash, with --percent a part of it.",
                        "What is found damaged is noted in the repository, and the next backup of the disk stores it again. What no "
                                + "backup needs is no fault; 'prune' frees it.")
                .examples(
                        "virtkeep repo check /backup",
                        "virtkeep repo check /backup --percent 5",
                        "    every night another twentieth of the data; in 20 nights everything")
                .exitCodes(
                        "0:the repository has no fault",
                        "1:it could not be checked; standard error says why",
                        "2:the command line is wrong; nothing was done",
                        "3:there are faults; standard output lists them and the backups that suffer");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        scope.declare(options);
    }

    @Override
    void run(Repository repository, Output output) throws IOException {
        var task = new Task();
        CheckReport report;
        try (var _ = TaskDisplay.of(task, program().surroundings(), output)) {
            report = repository.check(CheckPlan.all(scope.level()), task);
        }
        CheckResult.tell(report, output);
        exitCode = CheckResult.exitCode(report);
    }

    @Override
    int exitCode() {
        return exitCode;
    }
}
