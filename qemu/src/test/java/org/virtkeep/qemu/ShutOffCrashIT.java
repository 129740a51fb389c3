package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;

/// Whoever works on the images of a domain that is shut off may be killed at any step: whatever
/// command comes next ends the storage daemon that nobody needs, and puts the checkpoints right.
@Tag("qemu")
class ShutOffCrashIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String OLD = DoomedCommand.OLD_CHECKPOINT;
    private static final String NEW = DoomedCommand.NEW_CHECKPOINT;

    @TempDir
    Path dir;

    @Test
    void anIncrementalPullWithACheckpointBeginsWholeOrNotAtAll() {
        everyDeath(DoomedCommand.Operation.BEGIN_PULL);
    }

    @Test
    void aCheckpointIsCreatedWholeOrNotAtAll() {
        everyDeath(DoomedCommand.Operation.CHECKPOINT_CREATE);
    }

    private void everyDeath(DoomedCommand.Operation operation) {
        try (var vm = TestDomain.in(dir).disks(2).define()) {
            vm.domain().checkpointCreate(DoomedCommand.checkpoint(OLD).orElseThrow(), Set.of());
            int steps = Integer.parseInt(run(operation, Integer.MAX_VALUE).substring("steps ".length()));
            putRight(vm);
            for (int n : CrashBench.chosen(steps, 1)) {
                String step = run(operation, n);
                Traces.keepers(vm).forEach(keeper -> keeper.signal("KILL"));
                try {
                    putRight(vm);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("%s died %s (%d of %d)".formatted(operation, step, n, steps), e);
                }
            }
        }
    }

    private String run(DoomedCommand.Operation operation, int n) {
        try (var child =
                JavaChild.start(DoomedCommand.class, dir.toString(), operation.name(), Integer.toString(n), "after")) {
            String line = child.awaitLine();
            child.awaitExit();
            return line;
        }
    }

    /// Ends what runs, and judges what is left.
    private static void putRight(TestDomain vm) {
        for (BackupJob job : vm.domain().backupJobs()) {
            if (!job.state().hasEnded()) {
                vm.domain().backupEnd(job.id(), job.push() ? Set.of(BackupEndFlag.ABORT) : Set.of());
            }
        }
        assertThat(vm.root().folder("vm").readStorage()).isEmpty();
        Await.until("no storage daemon is left", LIMIT, () -> daemons(vm).isEmpty());
        assertThat(vm.domain()
                        .checkpoint(OLD)
                        .definition(Set.of(Checkpoint.XmlFlag.SIZE))
                        .disks()
                        .orElseThrow())
                .allMatch(disk -> disk.sizeBytes().isPresent());
        List<String> known = vm.domain().checkpoints().stream()
                .map(Checkpoint::name)
                .sorted()
                .toList();
        for (String disk : List.of("vda", "vdb")) {
            assertThat(StoredBitmaps.of(vm.image(disk))).isEqualTo(known);
            Images.requireClean(vm.image(disk));
        }
        Optional.of(NEW)
                .filter(known::contains)
                .ifPresent(name -> vm.domain().checkpoint(name).delete(Set.of()));
    }

    private static List<ProcessHandle> daemons(TestDomain vm) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("qemu-storage-daemon"))
                .filter(process -> String.join(" ", process.info().arguments().orElse(new String[0]))
                        .contains(vm.root().dir().toString()))
                .toList();
    }
}
