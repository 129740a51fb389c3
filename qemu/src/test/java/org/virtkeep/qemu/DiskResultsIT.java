package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.TinyTmpfs;

/// One disk of a push fails: what becomes of the others, and what can be read of it afterwards.
@Tag("qemu")
class DiskResultsIT {
    @TempDir
    Path dir;

    private TestDomain start(PushPath path) {
        return TestDomain.in(dir)
                .disks(2)
                .settings(new BackupSettings(Duration.ZERO, path))
                .start();
    }

    private static int push(BackupBench bench, Path good, Path full, BackupBeginFlag... flags) {
        return bench.begin("""
                <domainbackup mode='push'><disks>
                  <disk name='vda' type='file'><driver type='qcow2'/><target file='%s'/></disk>
                  <disk name='vdb' type='file'><driver type='qcow2'/><target file='%s'/></disk>
                </disks></domainbackup>
                """.formatted(good, full), "", flags);
    }

    @ParameterizedTest
    @EnumSource(
            value = PushPath.class,
            names = {"DIRECT", "FLEECED"})
    void theOthersAreFinishedAndKept(PushPath path) {
        try (var small = TinyTmpfs.mount(dir, "small", 2 << 20);
                var vm = start(path);
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 1M");
            vm.write("vdb", "write -P 0x22 0 8M");
            Traces before = Traces.of(vm);
            Path good = dir.resolve("vda.copy");
            int id = push(bench, good, small.folder().resolve("vdb.copy"));
            BackupJob job = bench.await(id);
            requireOneGoodOneBad(job);
            assertThat(job.error().orElseThrow()).contains("No space left", "'vda' is complete in '" + good + "'");
            assertThat(small.folder()).isEmptyDirectory();
            Path expected = Images.qcow2(dir.resolve("expected.qcow2"), "64M");
            Images.io(expected, "qcow2", "write -P 0x11 0 1M");
            Images.requireSame(good, "qcow2", expected, "qcow2");
            assertRefused(ErrorCode.OPERATION_FAILED, () -> bench.domain().backupEnd(id, Set.of()))
                    .hasMessageContaining("vdb");
            try (Connection later = vm.reconnect()) {
                requireOneGoodOneBad(later.domain("vm").backupJob(id));
                assertThat(later.domain("vm").backupXml(id)).contains(good.toString());
            }
            delete(good, expected);
            before.requireSame(Traces.of(vm));
        }
    }

    private static void requireOneGoodOneBad(BackupJob job) {
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        BackupJob.Disk vda = job.disks().getFirst();
        BackupJob.Disk vdb = job.disks().getLast();
        assertThat(vda.state()).isEqualTo(JobState.COMPLETED);
        assertThat(vda.error()).isEmpty();
        assertThat(vda.processed()).isEqualTo(vda.total()).isEqualTo(64 << 20);
        assertThat(vdb.state()).isEqualTo(JobState.FAILED);
        assertThat(vdb.error().orElseThrow()).contains("No space left");
        assertThat(job.elapsed(vda)).isPositive().isLessThanOrEqualTo(job.elapsed());
        assertThat(job.elapsed(vdb)).isPositive().isLessThanOrEqualTo(job.elapsed());
    }

    private static void delete(Path... files) {
        try {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void allAreGivenUpWhereItIsAllOrNothing() {
        try (var small = TinyTmpfs.mount(dir, "small", 2 << 20);
                var vm = start(PushPath.DIRECT);
                var bench = new BackupBench(vm)) {
            vm.write("vdb", "write -P 0x22 0 8M");
            Traces before = Traces.of(vm);
            BackupJob job = bench.await(push(
                    bench,
                    dir.resolve("vda.copy"),
                    small.folder().resolve("vdb.copy"),
                    BackupBeginFlag.ALL_OR_NOTHING));
            assertThat(job.state()).isEqualTo(JobState.FAILED);
            assertThat(job.disks()).extracting(BackupJob.Disk::state).containsOnly(JobState.FAILED);
            before.requireSame(Traces.of(vm));
        }
    }

    @Test
    void aDiskWithoutItsBitmapGoesFullIfAllowed() {
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 1M");
            vm.write("vdb", "write -P 0x11 0 1M");
            bench.requireCompleted(bench.push("", "monday", "full"));
            try (var session = vm.session()) {
                session.execute(
                        new org.virtkeep.qmp.RemoveBitmap(session.disk("vdb").node(), "monday"));
            }
            vm.write("vda", "write -P 0x22 512k 1M");
            vm.write("vdb", "write -P 0x22 512k 1M");
            Traces before = Traces.of(vm);
            assertRefused(ErrorCode.CHECKPOINT_INCONSISTENT, () -> bench.push("monday", "tuesday", "next"))
                    .hasMessageContaining("'vdb'")
                    .hasMessageNotContaining("'vda'")
                    .hasMessageContaining("--fallback full");
            before.requireSame(Traces.of(vm));
            int id = bench.push("monday", "tuesday", "next", BackupBeginFlag.FALLBACK_FULL);
            bench.requireCompleted(id);
            BackupJob.Disk vda = bench.domain().backupJob(id).disks().getFirst();
            BackupJob.Disk vdb = bench.domain().backupJob(id).disks().getLast();
            assertThat(vda.incremental()).contains("monday");
            assertThat(vda.fallback()).isEmpty();
            assertThat(vdb.incremental()).isEmpty();
            assertThat(vdb.fallback().orElseThrow()).contains("'monday'", "missing");
            assertThat(bench.domain().backupXml(id))
                    .containsPattern("name='vda'.*backupmode='incremental'")
                    .containsPattern("name='vdb'.*backupmode='full'");
            Path expected = Images.qcow2(dir.resolve("expected.qcow2"), "64M");
            Images.io(expected, "qcow2", "write -P 0x11 0 1M");
            Images.io(expected, "qcow2", "write -P 0x22 512k 1M");
            Images.requireSame(bench.target("vdb", "next"), "qcow2", expected, "qcow2");
        }
    }

    @Test
    void afterAPowerCutAnIncrementalIsRefusedOrFull() {
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            bench.requireCompleted(bench.push("", "monday", "full"));
            vm.killQemu();
            vm.domain().start(Set.of());
            assertRefused(ErrorCode.CHECKPOINT_INCONSISTENT, () -> bench.push("monday", "", "next"))
                    .hasMessageContaining("'vda'")
                    .hasMessageContaining("'vdb'");
            int id = bench.pull("monday", "", BackupBeginFlag.FALLBACK_FULL);
            BackupJob job = bench.domain().backupJob(id);
            assertThat(job.disks())
                    .allSatisfy(disk -> assertThat(disk.fallback()).isPresent())
                    .extracting(BackupJob.Disk::exportBitmap)
                    .containsOnly(Optional.empty());
            bench.domain().backupEnd(id, Set.of());
        }
    }
}
