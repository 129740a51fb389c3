package org.virtkeep.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;

/// What one piece of work took: time on the clock, and processor time (user and system) of those involved, all in
/// seconds. On a machine that others load too, processor time says more.
///
/// @param qemu   of QEMU
/// @param keeper of the job's keeper process, whose front-end serves clients
/// @param client of this JVM and of the programs it ran
record Cost(double wall, double qemu, double keeper, double client) {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ on every Linux that Java runs on

    // Fields of /proc/PID/stat, counted from the one behind the name.
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int CHILDREN_USER_TIME = 13;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    /// A piece of work; what it throws ends the run.
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    double processor() {
        return qemu + keeper + client;
    }

    /// Does `work` and says what it took. A keeper that comes up meanwhile is counted from its start.
    static Cost of(Machine machine, Work work) {
        OptionalLong keeper = machine.keeper();
        double qemuBefore = seconds(machine.qemu());
        double keeperBefore = keeper.isPresent() ? seconds(keeper.getAsLong()) : 0;
        double clientBefore = ownSeconds();
        long start = System.nanoTime();
        try {
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        double wall = (System.nanoTime() - start) / 1e9;
        double client = ownSeconds() - clientBefore; // before we look for processes, which takes time itself
        OptionalLong keeperNow = keeper.isPresent() ? keeper : machine.keeper();
        return new Cost(
                wall,
                seconds(machine.qemu()) - qemuBefore,
                (keeperNow.isPresent() ? seconds(keeperNow.getAsLong()) : 0) - keeperBefore,
                client);
    }

    private static double ownSeconds() {
        String[] fields = stat(ProcessHandle.current().pid());
        return sum(fields, USER_TIME, SYSTEM_TIME, CHILDREN_USER_TIME, CHILDREN_SYSTEM_TIME);
    }

    private static double seconds(long pid) {
        return sum(stat(pid), USER_TIME, SYSTEM_TIME);
    }

    private static double sum(String[] fields, int... indices) {
        double ticks = 0;
        for (int index : indices) {
            ticks += Long.parseLong(fields[index]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static String[] stat(long pid) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return line.substring(line.lastIndexOf(')') + 2).split(" ");
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("process " + pid + " has ended while it was measured", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
