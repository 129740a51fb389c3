package org.virtkeep.qemu.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// A QEMU program and what it was built with. Immutable.
///
/// @param hasSandbox true if it knows `-sandbox` (built with seccomp)
record Emulator(Path program, boolean hasSandbox) {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Map<Build, Emulator> KNOWN = new ConcurrentHashMap<>();

    /// One version of a program.
    private record Build(Path program, FileTime modified) {}

    /// The program that runs a domain.
    ///
    /// @throws VirtException OPERATION_UNSUPPORTED if it is not installed
    static Emulator of(DomainDefinition domain) {
        String name = domain.emulator().orElse("qemu-system-" + domain.machine().arch());
        Path program = Program.find(name).orElseThrow(() -> Program.missing(name));
        try {
            var build = new Build(program, Files.getLastModifiedTime(program));
            return KNOWN.computeIfAbsent(build, Emulator::inspect);
        } catch (IOException e) {
            throw VirtException.qemu(
                    ErrorCode.SYSTEM_ERROR, "cannot look at '%s': %s".formatted(program, e.getMessage()), e);
        }
    }

    private static Emulator inspect(Build build) {
        Program.Result help = Program.run(List.of(build.program.toString(), "-help"), Deadline.in(LIMIT));
        if (!help.succeeded()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    "'%s' does not work: %s".formatted(build.program, help.complaint()));
        }
        boolean sandbox = help.output().lines().anyMatch(line -> line.startsWith("-sandbox on"));
        return new Emulator(build.program, sandbox);
    }
}
