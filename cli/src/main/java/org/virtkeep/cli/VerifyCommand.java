package org.virtkeep.cli;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.CheckPlan;
import org.virtkeep.repository.CheckReport;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositoryException;
import org.virtkeep.repository.Task;

final class VerifyCommand extends CliCommand {
    private String backup;
    private final RepoOption repo = new RepoOption();
    private final CheckScope scope = new CheckScope();
    private int exitCode;

    @Override
    Manual manual() {
        return Manual.of("see whether backups can be restored")
                .description(
                        "Sees whether everything that backups need is there and fits together: manifests, maps, index, and the "
                                + "directories of the packs. With --data all their data are read and compared with their hashes, "
                                + "with --percent a part of them.",
                        "Without DOMAIN everything in the repository is verified. What is found damaged is noted, marks the "
                                + "backups that it hurts, and is stored again by the next backup of the disk.")
                .examples(
                        "virtkeep verify --repo /backup",
                        "virtkeep verify --repo /backup web1@latest --data",
                        "    reads everything that a restore of the newest backup would read",
                        "virtkeep verify --repo /backup --percent 5",
                        "    every night another twentieth of the data; in 20 nights everything")
                .exitCodes(
                        "0:everything is as it should be",
                        "1:it could not be verified; standard error says why",
                        "2:the command line is wrong; nothing was done",
                        "3:there are faults; standard output lists them and the backups that suffer");
    }

    @Override
    void declare(Options options) {
        options.text("--backup", "DOMAIN[@POINT]", PointArgument.DESCRIPTION_OF_SOME, word -> backup = word);
        repo.declare(options);
        scope.declare(options);
    }

    @Override
    Places places() {
        return Places.of().thenOptional("--backup");
    }

    @Override
    void run(Output output) throws IOException {
        try (Repository repository = repo.open(program().surroundings())) {
            var plan = new CheckPlan(scope.level(), chosen(repository));
            var task = new Task();
            CheckReport report;
            try (var _ = TaskDisplay.of(task, program().surroundings(), output)) {
                report = repository.check(plan, task);
            }
            CheckResult.tell(report, output);
            exitCode = CheckResult.exitCode(report);
        }
    }

    private Set<String> chosen(Repository repository) throws IOException {
        if (backup == null) {
            return Set.of();
        }
        if (backup.contains("@")) {
            return Set.of(PointArgument.find(repository, backup).id());
        }
        Set<String> ids =
                repository.list().of(backup).stream().map(BackupInfo::id).collect(Collectors.toSet());
        if (ids.isEmpty()) {
            throw new RepositoryException.Missing("there is no backup of domain '%s'".formatted(backup));
        }
        return ids;
    }

    @Override
    int exitCode() {
        return exitCode;
    }
}
