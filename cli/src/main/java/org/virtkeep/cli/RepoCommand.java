package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.virtkeep.repository.Repository;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A command on the repository in the folder that is its first argument. Opens it and closes it.
abstract class RepoCommand extends CliCommand {
    @Option(names = "--dir", paramLabel = "DIR", description = "the repository's folder")
    private String folder;

    @Mixin
    private RepoKeys keys;

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
