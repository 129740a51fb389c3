package org.virtkeep.cli;

/// The program `virtkeep`.
public final class Main {
    private Main() {}

    /// Runs one command and ends the process with its exit code: 0 done, 1 failed, 2 usage.
    public static void main(String[] arguments) {
        if (arguments.length == 1 && arguments[0].equals("--version")) {
            System.out.println(Version.text()); // answered without loading the parser
            return;
        }
        System.exit(Cli.run(Surroundings.ofProcess(), arguments));
    }
}
