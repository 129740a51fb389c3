package org.virtkeep.qemu.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// A QEMU program and what it was built with. Immutable.
///
/// @param hasSandbox true if it knows `-sandbox` (built with seccomp)
/// @param version    major × 1 000 000 + minor × 1 000 + micro
public record Emulator(Path program, boolean hasSandbox, long version) {
    /// The one that domains run with which name none.
    public static final String USUAL = "qemu-system-x86_64";

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.(\\d+)\\.(\\d+)");
    private static final Pattern ALIAS = Pattern.compile("\\(alias of (\\S+)\\)");
    private static final long MAJOR = 1_000_000;
    private static final long MINOR = 1_000;
    private static final Map<Build, Emulator> KNOWN = new ConcurrentHashMap<>();
    private static final Map<Build, List<MachineType>> MACHINES = new ConcurrentHashMap<>();

    /// One version of a program.
    private record Build(Path program, FileTime modified) {}

    /// A machine that the program can be.
    ///
    /// @param aliasOf the machine that the name stands for in this version
    public record MachineType(String name, Optional<String> aliasOf) {}

    /// The program that runs a domain.
    ///
    /// @throws VirtException OPERATION_UNSUPPORTED if it is not installed
    static Emulator of(DomainDefinition domain) {
        return of(domain.emulator().orElse("qemu-system-" + domain.machine().arch()));
    }

    /// A program by its path, or by its name in PATH.
    ///
    /// @throws VirtException OPERATION_UNSUPPORTED if it is not installed
    public static Emulator of(String name) {
        Path program = Program.find(name).orElseThrow(() -> Program.missing(name));
        return KNOWN.computeIfAbsent(build(program), Emulator::inspect);
    }

    private static Build build(Path program) {
        try {
            return new Build(program, Files.getLastModifiedTime(program));
        } catch (IOException e) {
            throw VirtException.qemu(
                    ErrorCode.SYSTEM_ERROR, "cannot look at '%s': %s".formatted(program, e.getMessage()), e);
        }
    }

    private static Emulator inspect(Build build) {
        String help = output(build, "-help");
        boolean sandbox = help.lines().anyMatch(line -> line.startsWith("-sandbox on"));
        Matcher version = VERSION.matcher(help);
        return new Emulator(build.program, sandbox, version.find() ? number(version) : 0);
    }

    private static String output(Build build, String... arguments) {
        var command = new ArrayList<>(List.of(build.program.toString()));
        command.addAll(List.of(arguments));
        Program.Result result = Program.run(command, Deadline.in(LIMIT));
        if (!result.succeeded()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    "'%s' does not work: %s".formatted(build.program, result.complaint()));
        }
        return result.output();
    }

    private static long number(Matcher version) {
        return Long.parseLong(version.group(1)) * MAJOR
                + Long.parseLong(version.group(2)) * MINOR
                + Long.parseLong(version.group(3));
    }

    /// The machines that it can be, in its own order. The program is asked once.
    public List<MachineType> machines() {
        return MACHINES.computeIfAbsent(
                build(program),
                build -> output(build, "-machine", "help")
                        .lines()
                        .skip(1) // a heading
                        .filter(line -> !line.isBlank())
                        .map(Emulator::machine)
                        .toList());
    }

    /// A line such as `pc    Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-7.2)`.
    private static MachineType machine(String line) {
        Matcher alias = ALIAS.matcher(line);
        return new MachineType(
                line.strip().split("\\s+")[0], alias.find() ? Optional.of(alias.group(1)) : Optional.empty());
    }
}
