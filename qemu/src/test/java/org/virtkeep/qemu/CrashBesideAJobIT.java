package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.JobState;
import org.virtkeep.qemu.DoomedCommand.Operation;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tools;

/// A process that begins a second job is killed at its steps: the first job, with which it shares QEMU's NBD server,
/// goes on as if nothing had been.
@Tag("qemu")
class CrashBesideAJobIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /// The begin of a pull has a few more.
    private static final int STEPS = 45;

    @TempDir
    Path dir;

    @Test
    void aBeginThatDiesDoesNoHarmToTheJobThatRuns() {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 4M");
            vm.domain()
                    .checkpointCreate(
                            DoomedCommand.checkpoint(DoomedCommand.OLD_CHECKPOINT)
                                    .orElseThrow(),
                            Set.of());
            Traces clean = Traces.of(vm);
            int first = bench.pullAs("first", "", "");
            Path progress = vm.root().folder("vm").jobs().resolve(first + ".progress");
            Await.until("the keeper has told how far its clients are", LIMIT, () -> Files.exists(progress));
            Path frozen = bench.copy(bench.socket("first"), "vda", "frozen");
            vm.write("vda", "write -P 0x22 1M 1M");
            Traces running = Traces.of(vm);
            for (int n : CrashBench.chosen(STEPS, 1)) {
                String death = die(n);
                try {
                    settle(vm, first);
                    running.requireSame(Traces.of(vm));
                    Path copy = bench.copy(bench.socket("first"), "vda", "copy");
                    Images.requireSame(copy, "raw", frozen, "raw");
                    Files.delete(copy);
                } catch (AssertionError | java.io.IOException e) {
                    throw new AssertionError("died " + death + ": " + e.getMessage(), e);
                }
            }
            assertThat(vm.domain().backupEnd(first, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            frozen.toFile().delete();
            clean.requireSame(Traces.of(vm));
        }
    }

    private String die(int n) {
        try (var child = JavaChild.start(
                DoomedCommand.class, dir.toString(), Operation.BEGIN_PULL.name(), Integer.toString(n), "after")) {
            String line = child.awaitLine();
            assertThat(child.awaitExit()).as(line).isEqualTo(DoomedCommand.KILLED);
            return line;
        }
    }

    /// Lets the second job be undone or ended, with the checkpoint that it may have made.
    private static void settle(TestDomain vm, int first) {
        try (Connection next = vm.reconnect()) {
            Domain domain = next.domain("vm");
            for (BackupJob job : domain.backupJobs()) {
                if (!job.state().hasEnded() && job.id() != first) {
                    domain.backupEnd(job.id(), Set.of());
                }
            }
            domain.checkpoints().stream()
                    .filter(checkpoint -> checkpoint.name().equals(DoomedCommand.NEW_CHECKPOINT))
                    .forEach(checkpoint -> checkpoint.delete(Set.of()));
            assertThat(domain.backupJob(first).state()).isEqualTo(JobState.RUNNING);
        }
        Await.until("the other keeper is gone", LIMIT, () -> Traces.keepers(vm).size() == 1);
    }
}
