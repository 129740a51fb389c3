package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.Tools;

/// Snapshots of disks that are written to without pause, and backups across them, judged by what the writer
/// wrote.
@Tag("qemu")
class SnapshotPointInTimeIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void snapshotAndCheckpointAreOneInstantAndTrackingGoesOn() {
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            SequenceWriter writer = bench.writeTo("vda", "vdb");
            writer.start();
            awaitWrites(writer, 200);
            bench.requireCompleted(bench.push("", "c0", "full"));
            awaitWrites(writer, 60);
            take(vm, "s1", "joint");
            Path vda = Images.convert(dir.resolve("vda.qcow2"), "qcow2", dir.resolve("vda.frozen"), "qcow2");
            Path vdb = Images.convert(dir.resolve("vdb.qcow2"), "qcow2", dir.resolve("vdb.frozen"), "qcow2");
            long atSnapshot = Judge.requireRight(raw(vda), raw(vdb));
            awaitWrites(writer, 60);
            bench.requireCompleted(bench.push("c0", "", "sinceFull"));
            bench.requireCompleted(bench.push("joint", "c2", "sinceSnapshot"));
            assertThat(restored(bench, "sinceFull", "full")).isGreaterThan(atSnapshot);
            assertThat(restored(bench, "sinceSnapshot", "frozen")).isGreaterThan(atSnapshot);
            take(vm, "s2", "");
            awaitWrites(writer, 60);
            vm.domain().snapshot("s1").delete(Set.of()); // in the middle of the chain
            awaitWrites(writer, 60);
            writer.stop(); // its way of writing would block QEMU at the moment when it goes over
            vm.domain().snapshot("s2").delete(Set.of()); // on top
            writer.start();
            awaitWrites(writer, 60);
            bench.requireCompleted(bench.push("c2", "", "sinceC2"));
            bench.requireCompleted(bench.push("c0", "", "sinceFull2"));
            writer.stop();
            assertThat(restored(bench, "sinceC2", "sinceSnapshot")).isGreaterThan(atSnapshot);
            assertThat(restored(bench, "sinceFull2", "full")).isGreaterThan(atSnapshot);
            assertThat(vm.domain().blockDevices().getFirst().source())
                    .hasValue(dir.resolve("vda.qcow2").toString());
        }
    }

    @Test
    void aSnapshotDuringAPullAndAPushDisturbsNeither() {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            SequenceWriter writer = bench.writeTo("vda", "vdb");
            writer.start();
            awaitWrites(writer, 200);
            int full = bench.pull("", "c0");
            awaitWrites(writer, 20);
            Map<String, Path> copies = new HashMap<>();
            copies.put("vda", bench.copy("vda", "vda.copy0"));
            take(vm, "s1", "");
            awaitWrites(writer, 40);
            copies.put("vdb", bench.copy("vdb", "vdb.copy0"));
            long first = Judge.requireRight(copies.get("vda"), copies.get("vdb"));
            assertThat(bench.domain().backupEnd(full, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            int next = bench.pull("c0", "c1");
            awaitWrites(writer, 20);
            take(vm, "s2", "");
            awaitWrites(writer, 40);
            copies.replaceAll((disk, copy) -> bench.patched(disk, copy, disk + ".copy1"));
            assertThat(Judge.requireRight(copies.get("vda"), copies.get("vdb"))).isGreaterThan(first);
            assertThat(bench.domain().backupEnd(next, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            int push = bench.push("", "", "push");
            take(vm, "s3", "");
            awaitWrites(writer, 40);
            bench.requireCompleted(push);
            writer.stop();
            Judge.requireRight(raw(bench.target("vda", "push")), raw(bench.target("vdb", "push")));
        }
    }

    private static void take(TestDomain vm, String name, String checkpoint) {
        vm.domain()
                .snapshotCreate(
                        SnapshotBench.snapshot(name),
                        checkpoint.isEmpty() ? java.util.Optional.empty() : SnapshotBench.checkpoint(checkpoint),
                        Set.of(SnapshotCreateFlag.DISK_ONLY));
    }

    /// The number of the last record in what a layer on another one restores.
    private long restored(BackupBench bench, String suffix, String below) {
        Map<String, Path> raws = new HashMap<>();
        for (String disk : new String[] {"vda", "vdb"}) {
            Path layer = bench.target(disk, suffix);
            String base = bench.target(disk, below).toString();
            Shell.run("qemu-img", "rebase", "-u", "-F", "qcow2", "-b", base, layer.toString());
            raws.put(disk, raw(layer));
        }
        return Judge.requireRight(raws.get("vda"), raws.get("vdb"));
    }

    private Path raw(Path image) {
        return Images.convert(image, "qcow2", dir.resolve(image.getFileName() + ".raw"), "raw");
    }

    private static void awaitWrites(SequenceWriter writer, int records) {
        long wanted = writer.sequence() + records;
        Await.until("the writer has written " + records + " more", LIMIT, () -> writer.sequence() >= wanted);
    }
}
