package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.CheckpointBitmaps;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.Tools;

/// Disks whose images cannot hold bitmaps, beside those that can: a raw file, a block device, and
/// qcow2 with its data in a raw file.
@Tag("qemu")
class RawDiskIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SIZE = "64M";

    @TempDir
    Path dir;

    private TestDomain.Builder rawAndDataFile() {
        Path data = Images.withDataFile(dir.resolve("vdb.qcow2"), dir.resolve("vdb.data"), SIZE);
        return TestDomain.in(dir)
                .diskElements(
                        TestDomain.disk("vda", Images.raw(dir.resolve("vda.raw"), SIZE), "raw", "virtio"),
                        TestDomain.disk("vdb", data));
    }

    @Test
    void everyPointOfAChainOfPullsIsRight() {
        Tools.require("nbdcopy");
        try (var vm = rawAndDataFile().start();
                var bench = new BackupBench(vm)) {
            SequenceWriter writer = bench.writeTo("vda", "vdb");
            writer.start();
            awaitWrites(writer, 60);
            int full = bench.pull("", "c0");
            awaitWrites(writer, 20);
            Path vda = bench.copy("vda", "vda.0");
            Path vdb = bench.copy("vdb", "vdb.0");
            assertThat(bench.domain().backupEnd(full, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            long before = Judge.requireRight(vda, vdb);
            awaitWrites(writer, 30);
            int id = bench.pull("c0", "c1");
            awaitWrites(writer, 20);
            vda = bench.patched("vda", vda, "vda.1");
            vdb = bench.patched("vdb", vdb, "vdb.1");
            assertThat(bench.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            assertThat(Judge.requireRight(vda, vdb)).isGreaterThan(before);
            writer.stop();
        }
    }

    @Test
    void everyPointOfAChainOfPushesIsRight() {
        try (var vm = rawAndDataFile().start();
                var bench = new BackupBench(vm)) {
            SequenceWriter writer = bench.writeTo("vda", "vdb");
            writer.start();
            awaitWrites(writer, 60);
            bench.requireCompleted(bench.push("", "c0", "p0"));
            awaitWrites(writer, 40);
            bench.requireCompleted(bench.push("c0", "c1", "p1"));
            writer.stop();
            long full = Judge.requireRight(raw(bench, "vda", "p0"), raw(bench, "vdb", "p0"));
            for (String disk : List.of("vda", "vdb")) {
                Shell.run(
                        "qemu-img",
                        "rebase",
                        "-u",
                        "-F",
                        "qcow2",
                        "-b",
                        bench.target(disk, "p0").toString(),
                        bench.target(disk, "p1").toString());
            }
            assertThat(Judge.requireRight(raw(bench, "vda", "p1"), raw(bench, "vdb", "p1")))
                    .isGreaterThan(full);
        }
    }

    private Path raw(BackupBench bench, String disk, String suffix) {
        return Images.convert(bench.target(disk, suffix), "qcow2", dir.resolve(disk + "." + suffix + ".raw"), "raw");
    }

    private static void awaitWrites(SequenceWriter writer, int records) {
        long wanted = writer.sequence() + records;
        Await.until("the writer has written " + records + " more", LIMIT, () -> writer.sequence() >= wanted);
    }

    @Test
    void aRestartTakesTheRawDisksBitmapAndNoOther() {
        try (var vm = rawAndDataFile().start();
                var bench = new BackupBench(vm)) {
            vm.domain()
                    .checkpointCreate(
                            CheckpointXml.read("<domaincheckpoint><name>c0</name></domaincheckpoint>"), Set.of());
            assertThat(stored(vm)).isEqualTo("vda OK false, vdb OK true");
            assertThat(vm.domain()
                            .checkpointHealth()
                            .getFirst()
                            .disks()
                            .getFirst()
                            .detail())
                    .hasValue("until QEMU ends, because format 'raw' cannot hold bitmaps");
            vm.domain().destroy();
            vm.domain().start(Set.of());
            assertThat(stored(vm)).isEqualTo("vda MISSING false, vdb OK true");
            assertThatThrownBy(() -> bench.push("c0", "", "p1"))
                    .isInstanceOf(VirtException.class)
                    .hasMessageContaining("'vda'")
                    .hasMessageContaining("format 'raw' cannot hold bitmaps")
                    .extracting(failure -> ((VirtException) failure).code())
                    .isEqualTo(ErrorCode.CHECKPOINT_INCONSISTENT);
            vm.write("vdb", "write -P 0x11 0 1M");
            bench.requireCompleted(
                    bench.begin("""
                    <domainbackup mode='push'><disks>
                      <disk name='vda' type='file' backupmode='full'><target file='%s'/></disk>
                      <disk name='vdb' type='file' backupmode='incremental' incremental='c0'><target file='%s'/></disk>
                    </disks></domainbackup>
                    """.formatted(bench.target("vda", "p2"), bench.target("vdb", "p2")), "c1"));
            assertThat(vm.domain().backupJob(0).total()).isEqualTo((64L << 20) + (1L << 20));
        }
    }

    private static String stored(TestDomain vm) {
        try (var session = vm.session()) {
            var graph = BlockGraph.query(session);
            return session.disks().stream()
                    .map(disk -> {
                        var bitmaps = CheckpointBitmaps.find(graph.chain(disk), "c0");
                        return disk.target() + " " + bitmaps.health() + " " + bitmaps.stored();
                    })
                    .collect(Collectors.joining(", "));
        }
    }

    @Test
    void aBlockDeviceIsBackedUpLikeAFile() {
        Tools.require("losetup", "nbdcopy");
        String device = Shell.run(
                        "losetup",
                        "--find",
                        "--show",
                        Images.raw(dir.resolve("device"), SIZE).toString())
                .strip();
        String element = """
                <disk type='block' device='disk'><driver name='qemu' type='raw'/>
                <source dev='%s'/><target dev='vda' bus='virtio'/></disk>
                """.formatted(device);
        try (var vm = TestDomain.in(dir).diskElements(element).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 4M");
            int full = pull(bench, "", "c0");
            Path copy = bench.copy("vda", "vda.0");
            vm.domain().backupEnd(full, Set.of());
            vm.write("vda", "write -P 0x22 1M 64k");
            vm.write("vda", "discard 2M 1M");
            int id = pull(bench, "c0", "");
            Path patched = bench.patched("vda", copy, "vda.1");
            vm.domain().backupEnd(id, Set.of());
            vm.write("vda", "flush");
            vm.domain().destroy();
            Images.requireSame(patched, "raw", Path.of(device), "raw");
            int off = pull(bench, "", "");
            Images.requireSame(bench.copy("vda", "vda.off"), "raw", Path.of(device), "raw");
            vm.domain().backupEnd(off, Set.of());
        } finally {
            Shell.run("losetup", "-d", device);
        }
    }

    private int pull(BackupBench bench, String since, String checkpoint) {
        return bench.begin(
                "<domainbackup mode='pull'>%s<server transport='unix' socket='%s'/><disks><disk name='vda' type='file'><scratch file='%s'/></disk></disks></domainbackup>"
                        .formatted(
                                since.isEmpty() ? "" : "<incremental>" + since + "</incremental>",
                                bench.socket(),
                                dir.resolve("scratch")),
                checkpoint);
    }

    @Test
    void whileTheDomainIsShutOffARawDiskIsBackedUpInFullAndTheOthersKeepTheirCheckpoints() {
        try (var vm = rawAndDataFile().define();
                var bench = new BackupBench(vm)) {
            Images.io(dir.resolve("vda.raw"), "raw", "write -P 0x11 0 1M");
            Images.io(dir.resolve("vdb.qcow2"), "qcow2", "write -P 0x22 0 1M");
            bench.requireCompleted(bench.push("", "c0", "p0"));
            Images.requireSame(bench.target("vda", "p0"), "qcow2", dir.resolve("vda.raw"), "raw");
            Images.requireSame(bench.target("vdb", "p0"), "qcow2", dir.resolve("vdb.qcow2"), "qcow2");
            assertThat(vm.domain().checkpoint("c0").definition(Set.of()).disks().orElseThrow())
                    .extracting(disk -> disk.name() + " " + disk.tracked())
                    .containsExactly("vda false", "vdb true");
            assertThat(StoredBitmaps.of(dir.resolve("vdb.qcow2"))).containsExactly("c0");
        }
    }
}
