package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.Repository;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A command on one backup, which is its first argument. Opens the repository and closes it.
abstract class PointCommand extends CliCommand {
    @Option(names = "--backup", paramLabel = "DOMAIN[@POINT]", description = PointArgument.DESCRIPTION)
    private String backup;

    @Mixin
    private RepoOption repo;

    abstract void run(Repository repository, BackupInfo found, Output output) throws IOException;

    @Override
    Places places() {
        return Places.of("--backup");
    }

    @Override
    void run(Output output) throws IOException {
        PointArgument.parse(backup);
        try (Repository repository = repo.open(program().surroundings())) {
            run(repository, PointArgument.find(repository, backup), output);
        }
    }
}
