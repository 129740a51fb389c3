package org.virtkeep.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/// Programs that tests need. A developer's machine may lack them: then a test is skipped with the reason. With
/// `CI=true` or `VIRTKEEP_REQUIRE_TOOLS=1` in the environment, as `make test` sets it, the test fails instead, so
/// that skips cannot hide.
public final class Tools {

    private Tools() {}

    /// Ends the test unless all of these programs are on the PATH.
    public static void require(String... programs) {
        for (String program : programs) {
            if (find(program).isEmpty()) {
                miss("the program '" + program + "' is not installed; scripts/packages installs what tests need");
            }
        }
    }

    /// Where a program is on the PATH.
    public static Optional<Path> find(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Ends the test because this machine or user cannot run it, whatever is installed. The test is skipped, and
    /// `make test` prints the reason.
    public static void skip(String reason) {
        throw new TestAbortedException(reason);
    }

    public static void miss(String reason) {
        if (isRequired()) {
            throw new AssertionError(reason);
        }
        skip(reason);
    }

    private static boolean isRequired() {
        return "true".equals(System.getenv("CI")) || "1".equals(System.getenv("VIRTKEEP_REQUIRE_TOOLS"));
    }
}
