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
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;

/// A domain with two disks and a checkpoint, to which things are done that fail half-way; and what must hold
/// afterwards.
///
/// Without more, some steps of each command are tried, evenly spread over it; `-Dvirtkeep.faults.trials=0`
/// tries them all, another number so many.
final class CrashBench implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TRIALS = Integer.getInteger("virtkeep.faults.trials", 5);
    private static final List<String> DISKS = List.of("vda", "vdb");
    private static final String OLD = DoomedCommand.OLD_CHECKPOINT;
    private static final String NEW = DoomedCommand.NEW_CHECKPOINT;

    private final TestDomain vm;
    private final Traces clean;
    private boolean slow;
    private int written;

    CrashBench(Path directory) {
        this(directory, BackupSettings.DEFAULT);
    }

    /// @param settings for what is begun in this process
    CrashBench(Path directory, BackupSettings settings) {
        this.vm = TestDomain.in(directory)
                .settings(settings)
                .disks(DISKS.size())
                .monitors(real -> slow ? new SlowCopies(real) : real)
                .start();
        write();
        createStoredOld();
        this.clean = Traces.of(vm);
    }

    TestDomain vm() {
        return vm;
    }

    /// The numbers of the steps to try, of so many; each `variants` times if all are tried.
    static int[] chosen(int steps, int variants) {
        if (TRIALS == 0) {
            return IntStream.range(0, steps * variants)
                    .map(i -> 1 + i / variants)
                    .toArray();
        }
        int trials = Math.min(TRIALS, steps);
        return IntStream.range(0, trials)
                .map(i -> trials == 1 ? steps : 1 + (int) Math.round((double) i * (steps - 1) / (trials - 1)))
                .toArray();
    }

    /// Does in this process what [DoomedCommand] does in one of its own, under a plan.
    void runUnder(StepPlan plan, DoomedCommand.Operation operation) {
        Root root = Root.open(vm.root().dir(), plan.files());
        JobServices services = JobServices.of(root, BackupSettings.DEFAULT);
        try (Connection connection = new EmbeddedConnection(vm.connection().uri(), root, services, plan::around)) {
            operation.run(connection.domain("vm"), vm.directory());
        }
    }

    List<Traces.Keeper> keepers() {
        return Traces.keepers(vm);
    }

    void killKeepers() {
        List<ProcessIdentity> dying = keepers().stream()
                .flatMap(keeper -> ProcessIdentity.of(keeper.pid()).stream())
                .toList();
        keepers().forEach(keeper -> keeper.signal("KILL"));
        Await.until("the keepers are dead", LIMIT, () -> keepers().isEmpty());
        Await.until(
                "the keepers' last threads are gone",
                LIMIT,
                () -> dying.stream().noneMatch(ProcessIdentity::isAlive));
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
        requireClean();
    }

    /// A keeper whose beginner was killed while it started may not be seen at once.
    private void requireClean() {
        var deadline = Deadline.in(LIMIT);
        Traces now = Traces.of(vm);
        while (!now.keepers().isEmpty() && !deadline.hasPassed()) {
            now = Traces.of(vm);
        }
        clean.requireSame(now);
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

    /// After QEMU died, no checkpoint is good any more: deletes them all, and makes the first one anew.
    void renewCheckpoints() {
        deleteTargets("crash");
        checkpoints().forEach(name -> vm.domain().checkpoint(name).delete(Set.of()));
        createStoredOld();
        requireClean();
    }

    /// As [#createOld], with bitmaps that are in the images, and not only in QEMU's memory.
    private void createStoredOld() {
        createOld();
        vm.domain().destroy();
        vm.domain().start(Set.of());
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
        requireEqualToDisks("new");
        deleteTargets("new");
        Await.until("the keeper has ended", LIMIT, () -> keepers().isEmpty());
    }

    private void requireEqualToDisks(String suffix) {
        for (String disk : DISKS) {
            vm.write(disk, "flush");
            Images.requireSame(vm.image(disk), "qcow2", vm.directory().resolve(disk + "." + suffix), "qcow2");
        }
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

    /// Begins a full pull that nobody ends.
    int beginFullPull() {
        return vm.domain()
                .backupBegin(BackupXml.read(DoomedCommand.pullXml(vm.directory(), "")), Optional.empty(), Set.of());
    }

    String exportUri(String disk) {
        return "nbd+unix:///" + disk + "?socket=" + vm.directory().resolve("pull.sock");
    }

    /// What an idle disk holds now, raw.
    Path copyOf(String disk) {
        vm.write(disk, "flush");
        return Images.convert(vm.image(disk), "qcow2", vm.directory().resolve(disk + ".frozen"), "raw");
    }

    /// What the running pull exports for a disk, read by nbdcopy.
    Path pulled(String disk) {
        Path copy = vm.directory().resolve(disk + ".pulled");
        Shell.run("nbdcopy", exportUri(disk), copy.toString());
        return copy;
    }

    /// Deletes what [#copyOf] and [#pulled] made.
    void deletePulled() {
        deleteTargets("frozen");
        deleteTargets("pulled");
    }

    /// Begins a push that ends by itself.
    int beginPush() {
        return vm.domain()
                .backupBegin(
                        BackupXml.read(DoomedCommand.pushXml(vm.directory(), "crash", "")), Optional.empty(), Set.of());
    }

    /// The targets of [#beginPush] hold what the idle disks hold.
    void requireTargetsAreRight() {
        requireEqualToDisks("crash");
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
        killKeepers();
        vm.close();
    }
}
