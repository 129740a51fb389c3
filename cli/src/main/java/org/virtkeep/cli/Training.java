package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Runs several command lines in one process, so that one class cache can be recorded of all of them
/// (`scripts/aot`). Stateless.
final class Training {
    /// System property with the file that has them, one in each line, words separated by blanks.
    static final String FILE = "org.virtkeep.training";

    private Training() {}

    /// @return the highest exit code
    static int run(Path file) throws IOException {
        int worst = 0;
        for (String line : Files.readAllLines(file)) {
            worst = Math.max(worst, Cli.run(Surroundings.ofProcess(), line.split(" ")));
        }
        return worst;
    }
}
