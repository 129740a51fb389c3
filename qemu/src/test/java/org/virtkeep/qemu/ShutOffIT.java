package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tools;

/// Checkpoints and backups of a domain that is shut off: the same calls, the same restored bytes,
/// and no trace of the storage daemon afterwards.
@Tag("qemu")
class ShutOffIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void aChainThatGoesOnWhileTheDomainIsShutOffIsRight() {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 8M");
            vm.write("vdb", "write -P 0x12 1M 4M");
            bench.requireCompleted(bench.push("", "c0", "p0"));
            vm.write("vda", "write -P 0x21 4M 1M");
            vm.write("vdb", "write -z 1M 1M");
            vm.domain().destroy();
            bench.requireCompleted(bench.push("c0", "c1", "p1"));
            requireLayersRight(vm, bench, "p0", "p1");
            requireNoDaemon(vm);

            vm.domain().start(Set.of());
            vm.write("vda", "write -P 0x31 30M 1M");
            vm.domain().destroy();
            int id = bench.pull("c1", "c2");
            Path vda = bench.patched("vda", base(bench, "vda", "p1"), "vda.patched");
            Path vdb = bench.patched("vdb", base(bench, "vdb", "p1"), "vdb.patched");
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            Images.requireSame(vda, "raw", vm.image("vda"), "qcow2");
            Images.requireSame(vdb, "raw", vm.image("vdb"), "qcow2");
            requireNoDaemon(vm);

            vm.domain().start(Set.of());
            vm.write("vda", "write -P 0x41 50M 1M");
            int full = bench.pull("c2", "");
            assertThat(disk(vm, full, "vda").total()).isEqualTo(1 << 20);
            assertThat(disk(vm, full, "vdb").total()).isZero();
        }
    }

    private static BackupJob.Disk disk(TestDomain vm, int id, String target) {
        return vm.domain().backupJob(id).disks().stream()
                .filter(disk -> disk.name().equals(target))
                .findFirst()
                .orElseThrow();
    }

    private void requireLayersRight(TestDomain vm, BackupBench bench, String below, String top) {
        for (String disk : List.of("vda", "vdb")) {
            String image = bench.target(disk, top).toString();
            Shell.run(
                    "qemu-img",
                    "rebase",
                    "-u",
                    "-F",
                    "qcow2",
                    "-b",
                    bench.target(disk, below).toString(),
                    image);
            Images.requireSame(bench.target(disk, top), "qcow2", vm.image(disk), "qcow2");
        }
    }

    private Path base(BackupBench bench, String disk, String suffix) {
        return Images.convert(bench.target(disk, suffix), "qcow2", dir.resolve(disk + ".base"), "raw");
    }

    /// Nothing of the storage daemon is left, and nobody has the images open.
    private static void requireNoDaemon(TestDomain vm) {
        assertThat(vm.root().folder("vm").readStorage()).isEmpty();
        assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
        Images.io(vm.image("vda"), "qcow2", "quit");
        Images.requireClean(vm.image("vda"));
    }

    @Test
    void aFullPullIsTheImageAndNeedsNoScratch() {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).define();
                var bench = new BackupBench(vm)) {
            Images.io(vm.image("vda"), "qcow2", "write -P 0x55 3M 5M");
            int id = bench.pull("", "");
            Images.requireSame(bench.copy("vda", "copy"), "raw", vm.image("vda"), "qcow2");
            assertThat(disk(vm, id, "vda").path()).isEmpty();
            vm.domain().backupEnd(id, Set.of());
            assertThat(dir.toFile().list((_, name) -> name.startsWith("vda.qcow2.")))
                    .isEmpty();
            requireNoDaemon(vm);
        }
    }

    @Test
    void checkpointsAreMadeMeasuredAndDeleted() {
        try (var vm = TestDomain.in(dir).disks(2).define()) {
            Checkpoint first = vm.domain().checkpointCreate(checkpoint("first"), Set.of());
            requireNoDaemon(vm);
            vm.domain().start(Set.of());
            vm.write("vdb", "write -P 0x11 0 1M");
            vm.domain().destroy();
            vm.domain().checkpointCreate(checkpoint("second"), Set.of());
            assertThat(first.definition(Set.of(Checkpoint.XmlFlag.SIZE)).disks().orElseThrow())
                    .extracting(disk -> disk.name() + " " + disk.sizeBytes().orElse(-1))
                    .containsExactly("vda 0", "vdb 1048576");
            first.delete(Set.of());
            assertThat(vm.domain().checkpoints()).extracting(Checkpoint::name).containsExactly("second");
            assertThat(StoredBitmaps.of(vm.image("vda"))).containsExactly("second");
            assertThat(StoredBitmaps.of(vm.image("vdb"))).containsExactly("second");
            requireNoDaemon(vm);
        }
    }

    private static CheckpointDefinition checkpoint(String name) {
        return CheckpointXml.read("<domaincheckpoint><name>%s</name></domaincheckpoint>".formatted(name));
    }

    @Test
    void theDomainStartsOnlyWhenTheBackupHasEnded() {
        try (var vm = TestDomain.in(dir).define();
                var bench = new BackupBench(vm)) {
            int id = bench.pull("", "");
            assertThatThrownBy(() -> vm.domain().start(Set.of()))
                    .isInstanceOf(VirtException.class)
                    .hasMessageContaining("backup job " + id)
                    .extracting(failure -> ((VirtException) failure).code())
                    .isEqualTo(ErrorCode.RESOURCE_BUSY);
            assertThatThrownBy(() -> vm.domain().undefine(Set.of())).hasMessageContaining("a backup of it is running");
            var waiting = CompletableFuture.runAsync(() -> vm.domain().start(Set.of(), Deadline.in(LIMIT)));
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            waiting.join();
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
            assertThat(vm.root().folder("vm").readStorage()).isEmpty();
        }
    }

    @Test
    void aKilledStorageDaemonCancelsTheBackupAndSpoilsNoCheckpoint() {
        try (var vm = TestDomain.in(dir).define();
                var bench = new BackupBench(vm)) {
            int id = bench.pull("", "c0");
            QemuProcess.kill(daemon(vm));
            BackupJob job = bench.await(id);
            assertThat(job.state()).isEqualTo(JobState.CANCELLED);
            assertThat(job.error().orElseThrow()).contains("storage daemon");
            assertThat(StoredBitmaps.of(vm.image("vda"))).containsExactly("c0");
            requireNoDaemon(vm);
            bench.requireCompleted(bench.push("c0", "", "p1"));
            vm.domain().start(Set.of());
        }
    }

    private static ProcessIdentity daemon(TestDomain vm) {
        return vm.root().folder("vm").readStorage().flatMap(DomainRun::process).orElseThrow();
    }

    @Test
    void anImageThatSomeoneElseHasOpenIsRefusedByName() {
        try (var vm = TestDomain.in(dir).disks(2).define();
                var bench = new BackupBench(vm);
                var _ = ChildProcess.start(
                        "other",
                        List.of(
                                "qemu-storage-daemon",
                                "--blockdev",
                                "driver=file,node-name=f,filename=" + vm.image("vdb"),
                                "--blockdev",
                                "driver=qcow2,node-name=n,file=f",
                                "--pidfile",
                                dir.resolve("pid").toString()))) {
            Await.until("the other one has opened it", LIMIT, () -> Files.exists(dir.resolve("pid")));
            assertThatThrownBy(() -> bench.push("", "", "p0"))
                    .isInstanceOf(VirtException.class)
                    .hasMessageContaining(vm.image("vdb").toString())
                    .extracting(failure -> ((VirtException) failure).code())
                    .isEqualTo(ErrorCode.RESOURCE_BUSY);
            assertThat(vm.root().folder("vm").readStorage()).isEmpty();
            assertThat(bench.target("vda", "p0")).doesNotExist();
        }
    }

    @Test
    void aPushThatIsAbortedLeavesNoDaemonAndNoHalfTarget() {
        try (var vm = TestDomain.in(dir).define();
                var bench = new BackupBench(vm)) {
            Images.io(vm.image("vda"), "qcow2", "write -P 0x55 0 32M");
            int id = bench.push("", "c0", "p0");
            vm.domain().backupEnd(id, Set.of(BackupEndFlag.ABORT)); // if it is not complete already
            assertThat(bench.await(id).state()).isIn(JobState.CANCELLED, JobState.COMPLETED);
            assertThat(Files.exists(bench.target("vda", "p0")))
                    .isEqualTo(bench.await(id).state() == JobState.COMPLETED);
            requireNoDaemon(vm);
        }
    }
}
