package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;

/// The program `virtkeep`.
public final class Main {
    private Main() {}

    /// Runs one command and ends the process with its exit code: 0 done, 1 failed, 2 usage.
    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 1 && arguments[0].equals("--version")) {
            System.out.println(Version.text()); // answered without loading the parser
            return;
        }
        String training = System.getProperty(Training.FILE);
        System.exit(training == null ? Cli.run(Surroundings.ofProcess(), arguments) : Training.run(Path.of(training)));
    }
}
