package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.DoomedCommand.Operation;

/// QEMU may be killed at any step of a backup's begin and end.
@Tag("qemu")
class QemuDeathIT {
    @TempDir
    Path dir;

    @Test
    void whileAPushBegins() {
        try (var bench = new CrashBench(dir)) {
            everyDeath(bench, Operation.BEGIN_PUSH, () -> {});
        }
    }

    @Test
    void whileAPullBegins() {
        try (var bench = new CrashBench(dir)) {
            everyDeath(bench, Operation.BEGIN_PULL, () -> {});
        }
    }

    @Test
    void whileAPullEnds() {
        try (var bench = new CrashBench(dir)) {
            everyDeath(bench, Operation.END_PULL, bench::beginPull);
        }
    }

    @Test
    void whileAPushIsAborted() {
        try (var bench = new CrashBench(dir)) {
            everyDeath(bench, Operation.ABORT_PUSH, bench::beginSlowPush);
        }
    }

    private static void everyDeath(CrashBench bench, Operation operation, Runnable prepare) {
        prepare.run();
        AtStep counting = AtStep.never();
        bench.runUnder(counting, operation);
        bench.putRight();
        int[] chosen = CrashBench.chosen(counting.steps(), 1);
        for (int n : chosen) {
            var plan = new AtStep(n, _ -> bench.vm().killQemu());
            prepare.run();
            try {
                judge(bench, plan, operation);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("%s, QEMU died at %s: %s".formatted(operation, plan, e.getMessage()), e);
            }
        }
        System.out.printf("%s: QEMU died at %d of its %d steps%n", operation, chosen.length, counting.steps());
    }

    private static void judge(CrashBench bench, AtStep plan, Operation operation) {
        try {
            bench.runUnder(plan, operation);
        } catch (VirtException e) {
            assertThat(e.getMessage()).contains("'vm'");
        }
        if (!plan.fired()) {
            bench.putRight(); // there were fewer steps this time
            return;
        }
        TestDomain vm = bench.vm();
        for (BackupJob job : vm.domain().backupJobs()) {
            assertThat(job.state()).isNotEqualTo(JobState.RUNNING);
            if (job.state() != JobState.COMPLETED) {
                assertThat(job.error()).as("job %d", job.id()).isPresent();
            }
        }
        assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
        vm.domain().start(Set.of());
        assertRefused(
                ErrorCode.CHECKPOINT_INCONSISTENT,
                () -> vm.domain()
                        .backupBegin(
                                BackupXml.read(DoomedCommand.pullXml(vm.directory(), DoomedCommand.OLD_CHECKPOINT)),
                                Optional.empty(),
                                Set.of()));
        bench.renewCheckpoints();
        bench.requireNewBackupWorks();
    }
}
