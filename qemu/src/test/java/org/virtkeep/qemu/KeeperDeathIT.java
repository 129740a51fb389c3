package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.DoomedCommand.Operation;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Monitor;
import org.virtkeep.testkit.Tools;

/// A job's keeper may be killed or stopped at any moment, and so may QEMU be stopped.
@Tag("qemu")
class KeeperDeathIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TEARDOWNS = 4;
    private static final int LONGEST_LIFE_MILLIS = 600;
    private static final int ATTEMPTS = 10;
    private static final int COPYING_MILLIS = 500;
    private static final int HUNG_MILLIS = 3_000;

    @TempDir
    Path dir;

    @Test
    void killedWhileAPullBeginsLeavesAllOrNothing() {
        try (var bench = new CrashBench(dir)) {
            killedAtEveryStep(bench, Operation.BEGIN_PULL);
        }
    }

    @Test
    void killedWhileAPushBeginsLeavesAllOrNothing() {
        try (var bench = new CrashBench(dir)) {
            killedAtEveryStep(bench, Operation.BEGIN_PUSH);
        }
    }

    private static void killedAtEveryStep(CrashBench bench, Operation operation) {
        AtStep counting = AtStep.never();
        bench.runUnder(counting, operation);
        bench.putRight();
        int[] chosen = CrashBench.chosen(counting.steps(), 1);
        for (int n : chosen) {
            var plan = new AtStep(n, _ -> bench.killKeepers());
            try {
                begin(bench, plan, operation);
                bench.putRight();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("%s, keeper died at %s: %s".formatted(operation, plan, e.getMessage()), e);
            }
        }
        System.out.printf("%s: keeper died at %d of its %d steps%n", operation, chosen.length, counting.steps());
        bench.requireNewBackupWorks();
    }

    private static void begin(CrashBench bench, AtStep plan, Operation operation) {
        try {
            bench.runUnder(plan, operation);
        } catch (VirtException e) {
            assertThat(e.getMessage()).contains("'vm'").contains("keeper");
        }
    }

    @Test
    void aPullGoesOnAtTheSameAddress() {
        Tools.require("nbdcopy");
        try (var bench = new CrashBench(dir)) {
            int id = bench.beginFullPull();
            Path frozen = bench.copyOf("vda");
            bench.write();
            bench.killKeepers();
            try (Connection next = bench.vm().reconnect()) {
                assertThat(next.domain("vm").backupJob(id).state()).isEqualTo(JobState.RUNNING);
                assertThat(next.notices()).anyMatch(notice -> notice.contains("keeper") && notice.contains("'vm'"));
            }
            Images.requireSame(frozen, "raw", bench.pulled("vda"), "raw");
            assertThat(bench.vm().domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            bench.deletePulled();
            bench.putRight();
        }
    }

    @Test
    void aPushIsFinishedByTheNextCommand() {
        var random = new Random(20260102);
        try (var bench = new CrashBench(dir)) {
            for (int i = 0; i < TEARDOWNS; i++) {
                int id = bench.beginPush();
                pause(random.nextInt(LONGEST_LIFE_MILLIS)); // into its waiting, its finishing or its teardown
                bench.killKeepers();
                bench.awaitEnd(id);
                assertThat(bench.vm().domain().backupJob(id).state()).isEqualTo(JobState.COMPLETED);
                bench.requireTargetsAreRight();
                bench.putRight();
            }
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void oneThatIsStoppedIsKilledWhenQemuWaitsForIt() throws IOException {
        Tools.require("nbdcopy");
        try (var bench = new CrashBench(dir)) {
            bench.vm().write("vda", "write -P 0x5a 0 48M");
            int id = bench.beginFullPull();
            String copyForEver = "while nbdcopy '%s' null:; do :; done 2>/dev/null".formatted(bench.exportUri("vda"));
            Process client = new ProcessBuilder("sh", "-c", copyForEver).start();
            try {
                stopUntilQemuHangs(bench);
                try (Connection next = bench.vm().reconnect()) {
                    assertThat(next.domain("vm").backupJob(id).state()).isEqualTo(JobState.RUNNING);
                    assertThat(next.notices()).anyMatch(notice -> notice.contains("was killed to free it"));
                }
                bench.write();
                assertThat(bench.vm().domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            } finally {
                client.descendants().forEach(ProcessHandle::destroyForcibly);
                client.destroyForcibly();
            }
            bench.putRight();
            bench.requireNewBackupWorks();
        }
    }

    /// QEMU waits for a stopped keeper to read, at the latest when it drains its requests, as for `stop`.
    private static void stopUntilQemuHangs(CrashBench bench) {
        for (int i = 0; i < ATTEMPTS; i++) {
            pause(COPYING_MILLIS);
            bench.keepers().forEach(keeper -> keeper.signal("STOP"));
            var answer = CompletableFuture.runAsync(() -> pauseGuest(bench));
            try {
                answer.get(HUNG_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                return;
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(e);
            }
            bench.keepers().forEach(keeper -> keeper.signal("CONT"));
        }
        throw new AssertionError("QEMU did not hang for a stopped keeper in %d attempts".formatted(ATTEMPTS));
    }

    private static void pauseGuest(CrashBench bench) {
        try (var monitor = Monitor.connect(bench.vm().run().watchMonitors().getLast())) {
            monitor.execute("stop");
            monitor.execute("cont");
        }
    }

    @Test
    void aQemuThatIsStoppedTimesOutAndLosesNothing() {
        Tools.require("nbdcopy");
        try (var bench = new CrashBench(dir)) {
            int id = bench.beginFullPull();
            Path frozen = bench.copyOf("vda");
            List<Traces.Keeper> keepers = bench.keepers();
            long qemu = bench.vm().process().pid();
            TestSignals.send("STOP", qemu);
            try {
                var domain = bench.vm().domain();
                assertRefused(ErrorCode.OPERATION_TIMEOUT, () -> domain.backupEnd(id, Set.of()));
                assertRefused(ErrorCode.OPERATION_TIMEOUT, bench::beginFullPull);
            } finally {
                TestSignals.send("CONT", qemu);
            }
            Await.until("QEMU answers", LIMIT, () -> bench.vm().domain().state() == DomainState.RUNNING);
            bench.write();
            assertThat(bench.keepers()).isEqualTo(keepers);
            Images.requireSame(frozen, "raw", bench.pulled("vda"), "raw");
            assertThat(bench.vm().domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            bench.deletePulled();
            bench.putRight();
        }
    }
}
