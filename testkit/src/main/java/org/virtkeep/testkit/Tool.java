package org.virtkeep.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// Runs a program to its end.
public final class Tool {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private Tool() {}

    /// What a program printed and how it ended.
    public record Result(int exitCode, String output) {}

    /// Runs a program and gives its standard output and error, merged. Throws [AssertionError] with that output
    /// unless it ends with 0 within three minutes.
    public static String run(String... command) {
        return run(Arrays.asList(command));
    }

    public static String run(List<String> command) {
        Result result = attempt(command);
        if (result.exitCode() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + " ended with " + result.exitCode() + ":\n" + result.output());
        }
        return result.output();
    }

    /// Runs a program that may fail.
    public static Result attempt(List<String> command) {
        try (var child = ChildProcess.start(command.getFirst(), command)) {
            int exitCode = child.awaitExit(LIMIT);
            return new Result(exitCode, String.join("\n", child.lines()));
        }
    }

    /// Runs a program that may fail.
    public static Result attempt(String... command) {
        return attempt(Arrays.asList(command));
    }
}
