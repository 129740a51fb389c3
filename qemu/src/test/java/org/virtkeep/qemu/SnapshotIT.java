package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.api.Snapshot;
import org.virtkeep.api.Snapshot.DeleteFlag;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.StartCommit;
import org.virtkeep.testkit.Images;

/// What snapshots do to a domain whose guest writes only when it is told to.
@Tag("qemu")
class SnapshotIT {
    private static final Set<SnapshotCreateFlag> DISK_ONLY = Set.of(SnapshotCreateFlag.DISK_ONLY);

    @TempDir
    Path dir;

    @Test
    void theDomainGoesOnOnOverlaysAlsoAfterARestart() {
        try (var bench = new SnapshotBench(dir)) {
            bench.write();
            Path then = Images.convert(bench.active("vda"), "qcow2", dir.resolve("then"), "raw");
            Snapshot snapshot = bench.take("s1");
            bench.write();
            Images.requireSame(dir.resolve("vda.qcow2"), "qcow2", then, "raw");
            assertThat(bench.chain("vda")).containsExactly("vda.s1", "vda.qcow2");
            assertThat(snapshot.isCurrent()).isTrue();
            assertThat(snapshot.xml()).contains("<state>disk-snapshot</state>", dir.resolve("vda.s1") + "'");
            bench.domain().destroy();
            assertThat(bench.domain().xml()).contains("vdb.s1");
            bench.domain().start(Set.of());
            bench.write();
            bench.domain().destroy();
            bench.requireContent();
        }
    }

    @Test
    void trackingSurvivesSnapshotsAndTheirDeletion() {
        try (var bench = new SnapshotBench(dir)) {
            bench.write();
            bench.createCheckpoint("old");
            String full = bench.push("");
            bench.write();
            bench.take("s1", "middle");
            bench.write();
            bench.createCheckpoint("late");
            String beforeLate = bench.push("old");
            bench.requireRestores(beforeLate, full);
            bench.write();
            bench.take("s2");
            bench.write();
            for (String gone : List.of("s2", "s1")) {
                bench.requireRestores(bench.push("old"), full);
                bench.domain().snapshot(gone).delete(Set.of());
                bench.write();
            }
            assertThat(bench.chain("vdb")).containsExactly("vdb.qcow2");
            assertThat(bench.strayImages()).isEmpty();
            String late = bench.push("late");
            bench.requireRestores(late, beforeLate);
            assertThat(bench.allocated("vda", late)).isLessThan(2 << 20);
            bench.domain().destroy();
            bench.requireContent();
            bench.domain().start(Set.of());
            bench.write();
            bench.requireRestores(bench.push("late"), beforeLate);
            assertThat(bench.snapshots()).isEmpty();
        }
    }

    @Test
    void snapshotsFormATree() {
        try (var bench = new SnapshotBench(dir)) {
            bench.take("s1");
            bench.take("s2");
            bench.take("s3");
            assertThat(bench.snapshots()).containsExactly("s1", "s2", "s3");
            assertThat(bench.domain().snapshot("s3").parent()).hasValue("s2");
            bench.domain().snapshot("s2").delete(Set.of(DeleteFlag.METADATA_ONLY));
            assertThat(bench.domain().snapshot("s3").parent()).hasValue("s1");
            assertThat(bench.chain("vda")).containsExactly("vda.s3", "vda.s2", "vda.s1", "vda.qcow2");
            bench.write();
            bench.domain().snapshot("s1").delete(Set.of(DeleteFlag.CHILDREN_ONLY));
            assertThat(bench.snapshots()).containsExactly("s1");
            assertThat(bench.domain().snapshot("s1").isCurrent()).isTrue();
            assertThat(bench.chain("vda")).containsExactly("vda.s2", "vda.s1", "vda.qcow2");
            bench.domain().destroy();
            bench.requireContent();
        }
    }

    @Test
    void aShutOffDomainGoesBackAndTracksOnFromThere() {
        try (var bench = new SnapshotBench(dir)) {
            bench.createCheckpoint("old");
            String full = bench.push("");
            bench.write();
            bench.take("s1", "joint");
            String atSnapshot = bench.push("old");
            bench.requireRestores(atSnapshot, full);
            bench.vm().write("vda", "write -P 0x77 1M 4M"); // not expected: it is lost
            bench.createCheckpoint("lost");
            refused(() -> bench.domain().snapshot("s1").revert(), ErrorCode.OPERATION_INVALID, "is running");
            bench.domain().destroy();
            bench.domain().snapshot("s1").revert();
            bench.requireContent();
            bench.domain().start(Set.of());
            bench.write();
            bench.requireRestores(bench.push("old"), full);
            bench.requireRestores(bench.push("joint"), atSnapshot);
            refused(() -> bench.push("lost"), ErrorCode.CHECKPOINT_INCONSISTENT, "missing");
            bench.domain().snapshot("s1").delete(Set.of());
            assertThat(bench.chain("vda")).containsExactly("vda.qcow2");
            assertThat(bench.strayImages()).containsExactly("vda.s1", "vdb.s1");
            bench.write();
            bench.requireRestores(bench.push("joint"), atSnapshot);
        }
    }

    @Test
    void aShutOffDomainDoesNotGoBackUnderABackup() {
        try (var bench = new SnapshotBench(dir);
                var backup = new BackupBench(bench.vm())) {
            bench.take("s1");
            bench.write();
            bench.domain().destroy();
            int id = backup.pull("", "");
            refused(
                    () -> bench.domain().snapshot("s1").revert(),
                    ErrorCode.OPERATION_INVALID,
                    "while a backup reads its images");
            bench.domain().backupEnd(id, Set.of());
            bench.requireContent();
            bench.domain().snapshot("s1").revert();
        }
    }

    @Test
    void overlaysOfTheCallersAreUsed() {
        try (var bench = new SnapshotBench(dir)) {
            bench.write();
            var flags = Set.of(SnapshotCreateFlag.DISK_ONLY, SnapshotCreateFlag.REUSE_EXTERNAL);
            Images.overlay(dir.resolve("vda.s1"), dir.resolve("vda.qcow2"), "qcow2");
            Images.overlay(dir.resolve("vdb.s1"), dir.resolve("vda.qcow2"), "qcow2");
            refused(
                    () -> bench.domain().snapshotCreate(SnapshotBench.snapshot("s1"), Optional.empty(), flags),
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "does not rest on");
            Path filled = Images.qcow2(dir.resolve("vdb.s1"), "64M");
            Images.io(filled, "qcow2", "write 0 64k");
            Shell.run("qemu-img", "rebase", "-u", "-F", "qcow2", "-b", dir.resolve("vdb.qcow2") + "", filled + "");
            refused(
                    () -> bench.domain().snapshotCreate(SnapshotBench.snapshot("s1"), Optional.empty(), flags),
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "holds data");
            Images.overlay(dir.resolve("vdb.s1"), dir.resolve("vdb.qcow2"), "qcow2");
            bench.domain().snapshotCreate(SnapshotBench.snapshot("s1"), Optional.empty(), flags);
            bench.write();
            bench.domain().destroy();
            bench.requireContent();
            assertThat(bench.chain("vdb")).containsExactly("vdb.s1", "vdb.qcow2");
        }
    }

    @Test
    void withoutMetadataOnlyTheOverlaysRemain() {
        try (var bench = new SnapshotBench(dir)) {
            bench.domain()
                    .snapshotCreate(
                            SnapshotXml.read("<domainsnapshot><name>s1</name><memory snapshot='no'/></domainsnapshot>"),
                            SnapshotBench.checkpoint("c"),
                            Set.of(SnapshotCreateFlag.NO_METADATA));
            assertThat(bench.snapshots()).isEmpty();
            assertThat(bench.checkpoints()).containsExactly("c");
            assertThat(bench.chain("vda")).containsExactly("vda.s1", "vda.qcow2");
        }
    }

    @Test
    void whatIsRefusedLeavesNoTrace() throws Exception {
        try (var bench = new SnapshotBench(dir)) {
            bench.take("s0");
            bench.createCheckpoint("c0");
            Traces before = Traces.of(bench.vm());
            refused(
                    () -> bench.domain().snapshotCreate(SnapshotBench.snapshot("s1"), Optional.empty(), Set.of()),
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "--disk-only");
            refused(() -> bench.take("s0"), ErrorCode.OPERATION_FAILED, "already exists");
            refused(() -> bench.take("s1", "c0"), ErrorCode.OPERATION_FAILED, "already exists");
            refused(() -> bench.domain().snapshot("s1"), ErrorCode.NO_DOMAIN_SNAPSHOT, "no snapshot 's1'");
            refused(
                    () -> bench.domain()
                            .snapshotCreate(
                                    SnapshotBench.snapshot("s1"),
                                    Optional.empty(),
                                    Set.of(SnapshotCreateFlag.DISK_ONLY, SnapshotCreateFlag.QUIESCE)),
                    ErrorCode.OPERATION_UNSUPPORTED,
                    "agent");
            before.requireSame(Traces.of(bench.vm()));
            Files.createFile(dir.resolve("vdb.s1"));
            refused(() -> bench.take("s1"), ErrorCode.CONFIG_UNSUPPORTED, "already exists");
            assertThat(dir.resolve("vda.s1")).doesNotExist();
            bench.domain().destroy();
            refused(() -> bench.take("s2"), ErrorCode.OPERATION_INVALID, "is not running");
            refused(() -> bench.domain().undefine(Set.of()), ErrorCode.OPERATION_INVALID, "checkpoints");
        }
    }

    private static void refused(Runnable call, ErrorCode code, String part) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(call::run)
                .withMessageContaining(part)
                .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    @Test
    void aRawDiskGetsAnOverlayAndGoesBackToItself() {
        Path raw = Images.raw(dir.resolve("vda.img"), "64M");
        Path other = Images.qcow2(dir.resolve("vdb.qcow2"), "64M");
        try (var vm = TestDomain.in(dir)
                        .diskElements(TestDomain.disk("vda", raw, "raw", "virtio"), TestDomain.disk("vdb", other))
                        .start();
                var bench = new SnapshotBench(vm)) {
            bench.write();
            vm.domain().snapshotCreate(SnapshotBench.snapshot("s1"), Optional.empty(), DISK_ONLY);
            bench.write();
            bench.createCheckpoint("c");
            vm.domain().snapshot("s1").delete(Set.of());
            bench.write();
            assertThat(bench.chain("vdb")).containsExactly("vdb.qcow2");
            vm.domain().destroy();
            assertThat(vm.domain().xml()).contains("type='raw'", "vda.img");
            vm.domain().start(Set.of());
            vm.domain().destroy();
            Images.requireSame(raw, "raw", dir.resolve("vda.expected"), "qcow2");
        }
    }

    @Test
    void aBackupAndADeletionOfTheSameDiskExcludeEachOther() throws Exception {
        try (var vm = TestDomain.in(dir).disks(2).monitors(SlowMerging::new).start();
                var bench = new SnapshotBench(vm);
                var pull = new BackupBench(vm)) {
            bench.take("s1");
            bench.write();
            int job = pull.pull("", "");
            refused(
                    () -> bench.domain().snapshot("s1").delete(Set.of()),
                    ErrorCode.OPERATION_INVALID,
                    "backup job " + job + " uses disk 'vda'");
            vm.domain().backupEnd(job, Set.of());
            var looked = new CountDownLatch(1);
            CompletableFuture<Void> deletion = CompletableFuture.runAsync(
                    () -> bench.domain().snapshot("s1").delete(Set.of(), _ -> looked.countDown()));
            looked.await();
            refused(() -> pull.pull("", ""), ErrorCode.OPERATION_UNSUPPORTED, "already has block job 'vda'");
            refused(() -> bench.take("s2"), ErrorCode.OPERATION_INVALID, "is being deleted");
            refused(() -> bench.domain().snapshot("s1").delete(Set.of()), ErrorCode.OPERATION_INVALID, "being deleted");
            bench.write();
            bench.createCheckpoint("meanwhile");
            bench.domain().destroy();
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(deletion::join)
                    .withMessageContaining("was not deleted: the domain was destroyed");
            bench.requireContent();
            refused(() -> bench.domain().snapshot("s1").revert(), ErrorCode.OPERATION_INVALID, "deletion had begun");
        }
    }

    /// Lets no merging come to an end.
    private static final class SlowMerging extends DelegatingMonitor {
        private SlowMerging(QmpMonitor real) {
            super(real);
        }

        @Override
        public <R> R execute(QmpCommand<R> command, Deadline deadline) throws QmpException {
            if (command instanceof StartCommit commit) {
                super.execute(commit.withSpeed(1), deadline);
                return null; // what an action that succeeded decodes to
            }
            return super.execute(command, deadline);
        }
    }
}
