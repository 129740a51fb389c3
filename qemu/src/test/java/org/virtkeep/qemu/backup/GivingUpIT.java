package org.virtkeep.qemu.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qmp.RunState.IO_ERROR;
import static org.virtkeep.qmp.RunState.RUNNING;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.TestDomain;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryJobs;
import org.virtkeep.qmp.QueryStatus;
import org.virtkeep.qmp.RunState;
import org.virtkeep.qmp.VmStatus;

/// What of a push of two disks is given up for the guest's sake, when several look at once.
@Tag("qemu")
class GivingUpIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String REASON = "no space for old data";

    @TempDir
    private Path dir;

    private TestDomain vm;
    private DomainJobs domain;
    private JobRecord job;
    private QmpMonitor monitor;

    @BeforeEach
    void push() {
        vm = TestDomain.in(dir)
                .disks(2)
                .slowCopies()
                .settings(new BackupSettings(Duration.ZERO, BackupSettings.PushPath.DIRECT))
                .start();
        vm.write("vda", "write 0 8M");
        vm.write("vdb", "write 0 8M");
        String xml = """
                <domainbackup mode='push'><disks>
                  <disk name='vda' type='file'><driver type='qcow2'/><target file='%1$s/a'/></disk>
                  <disk name='vdb' type='file'><driver type='qcow2'/><target file='%1$s/b'/></disk>
                </disks></domainbackup>
                """.formatted(dir);
        int id = vm.domain().backupBegin(BackupXml.read(xml), Optional.empty(), Set.of());
        monitor = vm.monitor();
        var store = new JobStore(vm.root().folder("vm"), vm.root().durable());
        domain = new DomainJobs(vm.root().folder("vm"), store, vm.root().tag());
        job = store.find(id).orElseThrow();
    }

    @AfterEach
    void end() {
        if (!vm.domain().backupJob(job.id()).state().hasEnded()) {
            vm.domain().backupEnd(job.id(), Set.of(BackupEndFlag.ABORT));
        }
        monitor.close();
        vm.close();
    }

    private JobRecord lost(String name, Instant when) {
        return job.withDisks(
                disk -> disk.name().equals(name) ? disk.ended(JobState.FAILED, Optional.of("no space"), when) : disk);
    }

    /// @return true if the whole job was given up
    private boolean giveUp(JobRecord seen, String... disks) throws QmpException {
        List<DiskRecord> hit = seen.disks().stream()
                .filter(disk -> List.of(disks).contains(disk.name()))
                .toList();
        return GivingUp.run(monitor, domain, seen, new Trouble.Sight.Ours(REASON, hit), Deadline.in(LIMIT));
    }

    private List<String> blockJobs() throws QmpException {
        return monitor.execute(new QueryJobs(), Deadline.in(LIMIT)).stream()
                .map(JobInfo::id)
                .toList();
    }

    private String copyJob(String disk) {
        return job.disks().stream()
                .filter(record -> record.name().equals(disk))
                .map(record -> domain.names(job).copyJob(record.index()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aDiskThatWasHitGoesAlone() throws QmpException {
        assertThat(giveUp(job, "vdb")).isFalse();
        assertThat(blockJobs()).containsExactly(copyJob("vda"));
        assertThat(domain.jobs().trouble(job.id())).isEmpty();
    }

    @Test
    void aDiskThatSomeoneElseHasJustGivenUpDoesNotCostTheOthers() throws QmpException {
        assertThat(giveUp(lost("vdb", Instant.now()), "vdb")).isFalse();
        assertThat(blockJobs()).containsExactly(copyJob("vda"));
        assertThat(domain.jobs().trouble(job.id())).isEmpty();
    }

    @Test
    void theWholeJobGoesIfADiskThatWasLostLongAgoIsStillInTheWay() throws QmpException {
        assertThat(giveUp(lost("vdb", Instant.now().minus(Duration.ofMinutes(1))), "vdb"))
                .isTrue();
        assertThat(blockJobs()).isEmpty();
        assertThat(domain.jobs().trouble(job.id())).contains(REASON);
    }

    /// The real monitor, but for what it says the guest does.
    private QmpMonitor telling(RunState... states) {
        Iterator<RunState> next = List.of(states).iterator();
        return (QmpMonitor) Proxy.newProxyInstance(
                QmpMonitor.class.getClassLoader(), new Class<?>[] {QmpMonitor.class}, (_, method, arguments) -> {
                    if (method.getName().equals("execute") && arguments[0] instanceof QueryStatus) {
                        RunState state = next.next();
                        return new VmStatus(state.equals(RunState.RUNNING), state);
                    }
                    return method.invoke(monitor, arguments);
                });
    }

    private Trouble.Sight find(RunState... states) throws QmpException {
        return Trouble.find(telling(states), domain, job, Deadline.in(LIMIT));
    }

    @Test
    void aGuestThatGoesOnWhileQemuIsAskedForDisksCostsNone() throws QmpException {
        assertThat(find(IO_ERROR, IO_ERROR, RUNNING, IO_ERROR)).isInstanceOf(Trouble.Sight.Calm.class);
    }

    @Test
    void aGuestThatStaysPausedThoughQemuNamesNoDiskCostsAll() throws QmpException {
        var states = new RunState[20];
        Arrays.fill(states, IO_ERROR);
        assertThat(find(states))
                .isInstanceOfSatisfying(
                        Trouble.Sight.Ours.class,
                        ours -> assertThat(ours.disks()).hasSize(2));
    }

    @Test
    void theWholeJobGoesWithItsLastDisk() throws QmpException {
        assertThat(giveUp(lost("vda", Instant.now()), "vdb")).isTrue();
        assertThat(blockJobs()).isEmpty();
    }
}
