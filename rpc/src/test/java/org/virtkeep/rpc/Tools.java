package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/// The programs of others that interop tests run.
final class Tools {
    private Tools() {}

    /// Finds a program. Without it, the test is skipped; where tools are promised (`CI=true` or
    /// `VIRTKEEP_REQUIRE_TOOLS=1`) it fails.
    static String require(String program, String debianPackage) {
        Optional<Path> found = Stream.concat(
                        Arrays.stream(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/sbin"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isPresent()) {
            return found.get().toString();
        }
        String reason = "'%s' is missing; it is in the package %s".formatted(program, debianPackage);
        if ("true".equals(System.getenv("CI")) || "1".equals(System.getenv("VIRTKEEP_REQUIRE_TOOLS"))) {
            return fail(reason);
        }
        return abort(reason);
    }
}
