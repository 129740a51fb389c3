package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.JobState;
import org.virtkeep.testkit.Await;

/// Commands that are killed at their steps, one after the other on one domain, and what must hold after each
/// death.
final class CrashLoop {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CrashBench bench;
    private final TestDomain vm;

    CrashLoop(CrashBench bench) {
        this.bench = bench;
        this.vm = bench.vm();
    }

    /// Kills a command at its steps, and judges what is left each time.
    ///
    /// @param prepare brings the domain to where the command begins
    void everyDeath(DoomedCommand.Operation operation, Runnable prepare) {
        prepare.run();
        int steps = countSteps(operation);
        bench.putRight();
        int trial = 0;
        for (int n : CrashBench.chosen(steps, 2)) {
            prepare.run();
            trial++;
            String when = trial % 2 == 0 ? "after" : "before";
            Optional<String> step = die(operation, n, when);
            if (step.isEmpty()) {
                bench.putRight(); // it took fewer steps than when they were counted, and is done
            } else {
                String what = "%s died at step %d of %d, %s".formatted(operation, n, steps, step.get());
                try {
                    judge(trial % 4 < 2);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(what + ": " + e.getMessage(), e);
                }
            }
        }
        System.out.printf("%s: died %d times at its %d steps%n", operation, trial, steps);
    }

    private int countSteps(DoomedCommand.Operation operation) {
        try (var child = start(operation, Integer.MAX_VALUE, "before")) {
            String line = child.awaitLine();
            assertThat(child.awaitExit()).as(line).isZero();
            return Integer.parseInt(line.substring("steps ".length()));
        }
    }

    /// @return the step it died at; empty if it was over before
    private Optional<String> die(DoomedCommand.Operation operation, int n, String when) {
        try (var child = start(operation, n, when)) {
            String line = child.awaitLine();
            int exit = child.awaitExit();
            assertThat(exit).as(line).isIn(0, DoomedCommand.KILLED);
            return exit == 0 ? Optional.empty() : Optional.of(line);
        }
    }

    private JavaChild start(DoomedCommand.Operation operation, int n, String when) {
        return JavaChild.start(
                DoomedCommand.class, vm.directory().toString(), operation.name(), Integer.toString(n), when);
    }

    /// What must hold after a death, whatever the step was.
    ///
    /// @param alone wait for what the keeper undoes alone; or else it dies as well
    private void judge(boolean alone) {
        bench.write(); // the guest goes on
        if (alone) {
            Await.until(
                    "the keeper is gone or its job runs",
                    LIMIT,
                    () -> bench.keepers().isEmpty() || isRunning());
        } else {
            bench.killKeepers();
        }
        try (Connection next = vm.reconnect()) {
            requireTold(next.domain("vm"));
            List<String> notices = next.notices();
            if (alone) {
                assertThat(notices).noneMatch(notice -> notice.contains("keeper"));
            }
        }
        bench.putRight();
        bench.requireNewBackupWorks();
    }

    private boolean isRunning() {
        Path jobs = vm.root().folder("vm").jobs();
        if (!Files.isDirectory(jobs)) {
            return false; // it crashed before the first
        }
        try (Stream<Path> records = Files.list(jobs)) {
            return records.filter(path -> path.getFileName().toString().matches("[0-9]+[.]json"))
                    .anyMatch(CrashLoop::saysRunning);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean saysRunning(Path record) {
        try {
            return Files.readString(record).contains("\"phase\":\"RUNNING\"");
        } catch (IOException _) {
            return false; // has just been forgotten
        }
    }

    /// Every job that is known either runs, or has ended well, or says why not.
    private static void requireTold(Domain domain) {
        for (BackupJob job : domain.backupJobs()) {
            if (job.state() == JobState.FAILED || job.state() == JobState.CANCELLED) {
                assertThat(job.error()).as("job %d", job.id()).isPresent();
            }
        }
    }
}
