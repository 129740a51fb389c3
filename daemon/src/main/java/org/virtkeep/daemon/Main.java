package org.virtkeep.daemon;

/// The program `virtkeepd`.
public final class Main {
    private Main() {}

    /// Serves until it is told to end: exit code 0 then, 1 if it could not begin, 2 for wrong options.
    public static void main(String[] arguments) {
        // Beside the one that the command line has, which is not made for a log that people keep.
        System.setProperty("slf4j.provider", "ch.qos.logback.classic.spi.LogbackServiceProvider");
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.exit(new VirtkeepdCommand().line().execute(arguments));
    }
}
