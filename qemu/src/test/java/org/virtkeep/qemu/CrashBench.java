package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;

/// A domain with two disks and a checkpoint, on which commands die at their steps, one after the other; and
/// what must hold after each death.
///
/// Without more, some steps of each command are tried, evenly spread over it; `-Dvirtkeep.faults.trials=0`
/// tries them all, another number so many.
final class CrashBench implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TRIALS = Integer.getInteger("virtkeep.faults.trials", 8);
    private static final List<String> DISKS = List.of("vda", "vdb");
    private static final String OLD = DoomedCommand.OLD_CHECKPOINT;
    private static final String NEW = DoomedCommand.NEW_CHECKPOINT;

    private final TestDomain vm;
    private final Traces clean;
    private boolean slow;
    private int written;

    CrashBench(Path directory) {
        this.vm = TestDomain.in(directory)
                .disks(DISKS.size())
                .monitors(real -> slow ? new SlowCopies(real) : real)
                .start();
        write();
        createOld();
        this.clean = Traces.of(vm);
    }

    TestDomain vm() {
        return vm;
    }

    /// The numbers of the steps to try, of so many.
    static int[] chosen(int steps) {
        int trials = TRIALS == 0 ? steps : Math.min(TRIALS, steps);
        return IntStream.range(0, trials)
                .map(i -> trials == 1 ? steps : 1 + (int) Math.round((double) i * (steps - 1) / (trials - 1)))
                .toArray();
    }

    /// Kills a command at its steps, and judges what is left each time.
    ///
    /// @param prepare brings the domain to where the command begins
    void everyDeath(DoomedCommand.Operation operation, Runnable prepare) {
        prepare.run();
        int steps = countSteps(operation);
        putRight();
        int trial = 0;
        for (int n : chosen(steps)) {
            prepare.run();
            trial++;
            String when = trial % 2 == 0 ? "after" : "before";
            Optional<String> step = die(operation, n, when);
            if (step.isPresent()) {
                String what = "%s died at step %d of %d, %s".formatted(operation, n, steps, step.get());
                try {
                    judge(trial % 4 < 2);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(what + ": " + e.getMessage(), e);
                }
            }
        }
        System.out.printf("%s: died at %d of its %d steps%n", operation, trial, steps);
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
        write(); // the guest goes on
        if (alone) {
            Await.until(
                    "the keeper is gone or its job runs", LIMIT, () -> keepers().isEmpty() || isRunning());
        } else {
            keepers().forEach(keeper -> keeper.signal("KILL"));
            Await.until("the keepers are dead", LIMIT, () -> keepers().isEmpty());
        }
        try (Connection next = vm.reconnect()) {
            requireTold(next.domain("vm"));
            List<String> notices = next.notices();
            if (alone) {
                assertThat(notices).noneMatch(notice -> notice.contains("keeper"));
            }
        }
        putRight();
        requireNewBackupWorks();
    }

    private List<Traces.Keeper> keepers() {
        return Traces.keepers(vm);
    }

    private boolean isRunning() {
        try (Stream<Path> records = Files.list(vm.root().folder("vm").jobs())) {
            return records.filter(path -> path.getFileName().toString().matches("[0-9]+[.]json"))
                    .anyMatch(CrashBench::saysRunning);
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

    /// Ends what runs, as its owner would, and checks that then nothing but checkpoints can tell this domain
    /// from a clean one, and these are whole.
    void putRight() {
        for (BackupJob job : vm.domain().backupJobs()) {
            if (!job.state().hasEnded()) {
                vm.domain().backupEnd(job.id(), job.push() ? Set.of(BackupEndFlag.ABORT) : Set.of());
            }
        }
        deleteTargets("crash");
        requireWholeCheckpoints();
        List<String> names = checkpoints();
        if (names.contains(NEW)) {
            vm.domain().checkpoint(NEW).delete(Set.of());
        }
        if (!names.contains(OLD)) {
            createOld();
        }
        Await.until("the keepers have ended", LIMIT, () -> keepers().isEmpty());
        clean.requireSame(Traces.of(vm));
    }

    /// Each known checkpoint has a bitmap on each disk, and each bitmap is a known checkpoint's.
    private void requireWholeCheckpoints() {
        List<String> names = checkpoints();
        List<String> bitmaps = Traces.of(vm).blocks().bitmaps();
        for (String name : List.of(OLD, NEW)) {
            long found = bitmaps.stream()
                    .filter(bitmap -> bitmap.contains("/" + name + " "))
                    .count();
            assertThat(found)
                    .as("bitmaps of checkpoint '%s', known are %s, in QEMU %s", name, names, bitmaps)
                    .isEqualTo(names.contains(name) ? DISKS.size() : 0);
        }
    }

    private List<String> checkpoints() {
        return vm.domain().checkpoints().stream()
                .map(checkpoint -> checkpoint.name())
                .toList();
    }

    private void createOld() {
        vm.domain().checkpointCreate(DoomedCommand.checkpoint(OLD).orElseThrow(), Set.of());
    }

    /// A full push is complete and equal to the idle disks.
    void requireNewBackupWorks() {
        int id = vm.domain()
                .backupBegin(
                        BackupXml.read(DoomedCommand.pushXml(vm.directory(), "new", "")), Optional.empty(), Set.of());
        awaitEnd(id);
        BackupJob job = vm.domain().backupJob(id);
        assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.COMPLETED);
        for (String disk : DISKS) {
            vm.write(disk, "flush");
            Images.requireSame(vm.image(disk), "qcow2", vm.directory().resolve(disk + ".new"), "qcow2");
        }
        deleteTargets("new");
        Await.until("the keeper has ended", LIMIT, () -> keepers().isEmpty());
    }

    void awaitEnd(int id) {
        Await.until(
                "job " + id + " has ended",
                LIMIT,
                () -> vm.domain().backupJob(id).state().hasEnded());
    }

    private void deleteTargets(String suffix) {
        try {
            for (String disk : DISKS) {
                Files.deleteIfExists(vm.directory().resolve(disk + "." + suffix));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Something new on each disk.
    void write() {
        written++;
        for (String disk : DISKS) {
            vm.write(disk, "write -P %d %dk 64k".formatted(1 + written % 200, 64 * (written % 16)));
        }
    }

    /// Begins a pull that nobody ends.
    int beginPull() {
        return vm.domain()
                .backupBegin(BackupXml.read(DoomedCommand.pullXml(vm.directory(), OLD)), Optional.empty(), Set.of());
    }

    /// Begins a push that does not come to an end by itself.
    int beginSlowPush() {
        slow = true;
        try {
            return vm.domain()
                    .backupBegin(
                            BackupXml.read(DoomedCommand.pushXml(vm.directory(), "crash", "")),
                            Optional.empty(),
                            Set.of());
        } finally {
            slow = false;
        }
    }

    @Override
    public void close() {
        keepers().forEach(keeper -> keeper.signal("KILL"));
        vm.close();
    }
}
