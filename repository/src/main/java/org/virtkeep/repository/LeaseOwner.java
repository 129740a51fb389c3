package org.virtkeep.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// The process that holds a lease, told so that another process can judge whether it still lives.
/// Immutable.
///
/// @param host its name, for messages
/// @param place boot id of the kernel and its process-id namespace; only within one place do process ids
///     compare
/// @param pid its process id
/// @param startedMillis when the process started, since the epoch; 0 if unknown. Tells a reused process id
record LeaseOwner(String host, String place, long pid, long startedMillis) {

    /// Clocks round the start time differently.
    private static final long START_TOLERANCE_MILLIS = 2_000;

    static LeaseOwner current() {
        ProcessHandle process = ProcessHandle.current();
        String boot = line(Path.of("/proc/sys/kernel/random/boot_id"));
        return new LeaseOwner(
                line(Path.of("/proc/sys/kernel/hostname")), boot + " " + namespace(), process.pid(), started(process));
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String line(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException _) {
            return "unknown";
        }
    }

    private static String namespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException _) {
            return "unknown";
        }
    }

    /// Whether this owner can be seen to be dead from the place of `observer`.
    boolean isSeenDead(LeaseOwner observer) {
        if (!place.equals(observer.place) || place.contains("unknown")) {
            return false;
        }
        if (pid == observer.pid) {
            return differs(startedMillis, observer.startedMillis);
        }
        return ProcessHandle.of(pid)
                .map(process -> !process.isAlive() || differs(startedMillis, started(process)))
                .orElse(true);
    }

    private static boolean differs(long left, long right) {
        return left != 0 && right != 0 && Math.abs(left - right) > START_TOLERANCE_MILLIS;
    }

    @Override
    public String toString() {
        return "process %d on %s".formatted(pid, host);
    }
}
