package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.virtkeep.repository.Repository;

/// A command on the repository in the folder that is its first argument. Opens it and closes it.
abstract class RepoCommand extends CliCommand {
    private String folder;
    private final RepoKeys keys = new RepoKeys();

    @Override
    void declare(Options options) {
        options.text("--dir", "DIR", "the repository's folder", word -> folder = word);
        keys.declare(options);
    }

    abstract void run(Repository repository, Output output) throws IOException;

    @Override
    Places places() {
        return Places.of("--dir");
    }

    final Path folder() {
        return Path.of(folder);
    }

    final RepoKeys keys() {
        return keys;
    }

    @Override
    void run(Output output) throws IOException {
        try (Repository repository = RepoAccess.open(folder(), keys, program().surroundings())) {
            run(repository, output);
        }
    }
}
