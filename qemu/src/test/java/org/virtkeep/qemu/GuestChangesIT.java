package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.qmp.QueryJobs;
import org.virtkeep.qmp.ResetVm;
import org.virtkeep.qmp.SetJobSpeed;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tools;

/// What the guest may do, and what may be done to it, while it is backed up.
@Tag("qemu")
class GuestChangesIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    private boolean slow;
    private TestDomain vm;
    private BackupBench bench;
    private Path expected;

    /// The guest powers itself off when it is reset.
    @BeforeEach
    void start() {
        String disk = TestDomain.disk("vda", Images.qcow2(dir.resolve("vda.qcow2"), "64M"));
        vm = TestDomain.in(dir)
                .definedBy(TestDomain.xml("vm", TestDomain.poweringOffBios(dir), disk, ""))
                .monitors(real -> slow ? new SlowCopies(real) : real)
                .start();
        bench = new BackupBench(vm);
        vm.write("vda", "write -P 0x11 0 4M");
        expected = Images.qcow2(dir.resolve("expected.qcow2"), "64M");
        Images.io(expected, "qcow2", "write -P 0x11 0 4M");
    }

    @AfterEach
    void end() {
        bench.close();
        vm.close();
    }

    private int slowPush(BackupBeginFlag... flags) {
        slow = true;
        int id = bench.push("", "", "push", flags);
        slow = false;
        return id;
    }

    private void speedUp() {
        try (var session = vm.session()) {
            session.execute(new QueryJobs()).stream()
                    .filter(job -> job.id().endsWith("-c"))
                    .forEach(job -> session.execute(new SetJobSpeed(job.id(), 0)));
        }
    }

    private void powerOff() {
        try (var session = vm.session()) {
            session.execute(new ResetVm());
        }
    }

    @Test
    void powersOffAndAPushIsFinishedIfAsked() {
        int id = slowPush(BackupBeginFlag.PRESERVE_SHUTDOWN);
        powerOff();
        Await.until("the guest has shut down", LIMIT, () -> vm.domain().state() == DomainState.SHUTDOWN);
        assertThat(vm.domain().backupJob(id).state()).isEqualTo(JobState.RUNNING);
        speedUp();
        Await.until("the domain is off", LIMIT, () -> vm.domain().state() == DomainState.SHUTOFF);
        assertThat(vm.domain().backupJob(id).state()).isEqualTo(JobState.COMPLETED);
        Images.requireSame(bench.target("vda", "push"), "qcow2", expected, "qcow2");
        assertThat(vm.events()).endsWith("SHUTDOWN finished", "BlockJob", "JobCompleted", "STOPPED shutdown");
    }

    @Test
    void powersOffAndAPullIsServedOnIfAsked() {
        Tools.require("nbdcopy");
        int id = bench.pullAs("a", "", "", BackupBeginFlag.PRESERVE_SHUTDOWN);
        vm.write("vda", "write -P 0x22 0 1M");
        powerOff();
        Await.until("the guest has shut down", LIMIT, () -> vm.domain().state() == DomainState.SHUTDOWN);
        Images.requireSame(bench.copy(bench.socket("a"), "vda", "copy"), "raw", expected, "qcow2");
        assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
        assertThat(vm.events()).endsWith("SHUTDOWN finished", "JobCompleted", "STOPPED shutdown");
    }

    @Test
    void powersOffAndTheBackupIsCancelledOtherwise() {
        int id = slowPush();
        powerOff();
        Await.until("the domain is off", LIMIT, () -> vm.domain().state() == DomainState.SHUTOFF);
        BackupJob job = vm.domain().backupJob(id);
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(job.error()).contains("the guest shut down");
        assertThat(bench.target("vda", "push")).doesNotExist();
    }

    @Test
    void isSuspendedAndResumed() {
        int id = slowPush();
        vm.domain().suspend();
        assertThat(vm.domain().backupJob(id).state()).isEqualTo(JobState.RUNNING);
        speedUp();
        bench.requireCompleted(id);
        assertThat(vm.domain().state()).isEqualTo(DomainState.PAUSED);
        int next = bench.pullAs("a", "", "");
        vm.domain().resume();
        assertThat(vm.domain().backupEnd(next, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
        Images.requireSame(bench.target("vda", "push"), "qcow2", expected, "qcow2");
    }

    /// Here with a firmware that halts again after a reset.
    @Test
    void reboots() {
        Tools.require("nbdcopy");
        vm.close();
        Path other = dir.resolve("other");
        other.toFile().mkdir();
        try (var rebooting = TestDomain.in(other).start();
                var again = new BackupBench(rebooting)) {
            rebooting.write("vda", "write -P 0x11 0 4M");
            int id = again.pullAs("a", "", "");
            rebooting.write("vda", "write -P 0x22 0 1M");
            try (var session = rebooting.session()) {
                session.execute(new ResetVm());
            }
            rebooting.write("vda", "write -P 0x33 1M 1M");
            Images.requireSame(again.copy(again.socket("a"), "vda", "copy"), "raw", expected, "qcow2");
            assertThat(rebooting.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            assertThat(rebooting.domain().state()).isEqualTo(DomainState.RUNNING);
        }
    }

    @Test
    void isDestroyed() {
        int push = slowPush(BackupBeginFlag.PRESERVE_SHUTDOWN);
        int pull = bench.pullAs("a", "", "");
        vm.domain().destroy();
        assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
        assertThat(vm.domain().backupJob(push).error()).contains("the domain was destroyed");
        assertThat(vm.domain().backupJob(pull).error()).contains("the domain was destroyed");
    }
}
