package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/// What a process has used of the host, as `/proc` tells. Stateless.
public final class ProcessUsage {
    private static final Path PROC = Path.of("/proc");
    /// `USER_HZ`: the unit of `/proc/PID/stat`, the same on every Linux.
    private static final long NANOSECONDS_PER_TICK = 10_000_000;

    // Fields of /proc/PID/stat, counted behind the command's name.
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    private ProcessUsage() {}

    /// Processor time of a process or a thread.
    public record Times(long userNanoseconds, long systemNanoseconds) {
        public long nanoseconds() {
            return userNanoseconds + systemNanoseconds;
        }
    }

    /// Of all threads of a process; empty if it has gone.
    public static Optional<Times> times(ProcessIdentity process) {
        return times(folder(process).resolve("stat"));
    }

    /// Of one of its threads.
    public static Optional<Times> times(ProcessIdentity process, long thread) {
        return times(task(process, thread).resolve("stat"));
    }

    private static Optional<Times> times(Path stat) {
        return read(stat).map(line -> {
            String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ");
            return new Times(
                    Long.parseLong(fields[USER_TICKS]) * NANOSECONDS_PER_TICK,
                    Long.parseLong(fields[SYSTEM_TICKS]) * NANOSECONDS_PER_TICK);
        });
    }

    /// How long a thread was ready to run and had to wait, in nanoseconds; empty if the kernel does
    /// not tell.
    public static OptionalLong delay(ProcessIdentity process, long thread) {
        return read(task(process, thread).resolve("schedstat")).stream()
                .map(line -> line.strip().split(" "))
                .filter(fields -> fields.length > 1)
                .mapToLong(fields -> Long.parseLong(fields[1]))
                .findFirst();
    }

    /// What the host holds of it in memory; empty if it has gone.
    public static OptionalLong residentKib(ProcessIdentity process) {
        return statusNumber(process, "VmRSS:");
    }

    /// The user whose rights it has; empty if it has gone.
    public static OptionalLong effectiveUser(ProcessIdentity process) {
        return read(folder(process).resolve("status")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("Uid:"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[2]))
                .findFirst();
    }

    private static OptionalLong statusNumber(ProcessIdentity process, String field) {
        return read(folder(process).resolve("status")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                .findFirst();
    }

    private static Path folder(ProcessIdentity process) {
        return PROC.resolve(Long.toString(process.pid()));
    }

    private static Path task(ProcessIdentity process, long thread) {
        return folder(process).resolve("task").resolve(Long.toString(thread));
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException _) {
            return Optional.empty(); // gone, or a kernel without it
        }
    }
}
