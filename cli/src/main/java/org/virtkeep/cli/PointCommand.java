package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.Repository;

/// A command on one backup, which is its first argument. Opens the repository and closes it.
abstract class PointCommand extends CliCommand {
    private String backup;
    private final RepoOption repo = new RepoOption();

    @Override
    void declare(Options options) {
        options.text("--backup", "DOMAIN[@POINT]", PointArgument.DESCRIPTION, word -> backup = word);
        repo.declare(options);
    }

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
