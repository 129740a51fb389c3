package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.Tools;

/// Backups of disks that are written to without pause, judged by what the writer wrote: a restore point is
/// right only if both disks together hold exactly a prefix of the sequence of writes.
@Tag("qemu")
class PointInTimeIT {
    private static final int INCREMENTALS = 6;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void everyPointOfAChainOfPushesIsRight() {
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            SequenceWriter writer = bench.writeTo("vda", "vdb");
            writer.start();
            awaitWrites(writer, 200);
            bench.requireCompleted(bench.push("", "c0", "p0"));
            for (int i = 1; i <= INCREMENTALS; i++) {
                awaitWrites(writer, 60);
                bench.requireCompleted(bench.push("c" + (i - 1), "c" + i, "p" + i));
            }
            assertThat(writer.stop()).isPositive();
            long before = 0;
            for (int i = 0; i <= INCREMENTALS; i++) {
                long now = Judge.requireRight(restored(bench, "vda", i), restored(bench, "vdb", i));
                assertThat(now).isGreaterThan(before);
                before = now;
            }
        }
    }

    /// Rebuilds a restore point as an administrator would: each layer is put on the one before it.
    private Path restored(BackupBench bench, String disk, int point) {
        for (int i = 1; i <= point; i++) {
            Shell.run(
                    "qemu-img",
                    "rebase",
                    "-u",
                    "-F",
                    "qcow2",
                    "-b",
                    bench.target(disk, "p" + (i - 1)).toString(),
                    bench.target(disk, "p" + i).toString());
        }
        return Images.convert(
                bench.target(disk, "p" + point), "qcow2", dir.resolve(disk + "." + point + ".raw"), "raw");
    }

    @Test
    void everyPointOfAChainOfPullsIsRight() {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            SequenceWriter writer = bench.writeTo("vda", "vdb");
            writer.start();
            awaitWrites(writer, 200);
            int full = bench.pull("", "c0");
            awaitWrites(writer, 20);
            Path vda = bench.copy("vda", "vda.0");
            Path vdb = bench.copy("vdb", "vdb.0");
            assertThat(bench.domain().backupEnd(full, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            long before = Judge.requireRight(vda, vdb);
            for (int i = 1; i <= INCREMENTALS; i++) {
                awaitWrites(writer, 60);
                int id = bench.pull("c" + (i - 1), "c" + i);
                awaitWrites(writer, 20);
                vda = bench.patched("vda", vda, "vda." + i);
                vdb = bench.patched("vdb", vdb, "vdb." + i);
                assertThat(bench.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
                long now = Judge.requireRight(vda, vdb);
                assertThat(now).isGreaterThan(before);
                before = now;
            }
            writer.stop();
        }
    }

    @Test
    void aFleecedPushIsRight() {
        var settings = new org.virtkeep.qemu.backup.BackupSettings(
                Duration.ZERO, org.virtkeep.qemu.backup.BackupSettings.PushPath.FLEECED);
        try (var vm = TestDomain.in(dir).disks(2).settings(settings).start();
                var bench = new BackupBench(vm)) {
            SequenceWriter writer = bench.writeTo("vda", "vdb");
            writer.start();
            awaitWrites(writer, 200);
            bench.requireCompleted(bench.push("", "c0", "p0"));
            awaitWrites(writer, 60);
            bench.requireCompleted(bench.push("c0", "", "p1"));
            writer.stop();
            Judge.requireRight(restored(bench, "vda", 0), restored(bench, "vdb", 0));
            Judge.requireRight(restored(bench, "vda", 1), restored(bench, "vdb", 1));
        }
    }

    @Test
    void aFleecedPushToARawImageIsRight() {
        var settings = new org.virtkeep.qemu.backup.BackupSettings(
                Duration.ZERO, org.virtkeep.qemu.backup.BackupSettings.PushPath.FLEECED);
        try (var vm = TestDomain.in(dir).settings(settings).start();
                var bench = new BackupBench(vm)) {
            SequenceWriter writer = bench.writeTo("vda");
            writer.start();
            awaitWrites(writer, 200);
            Path target = dir.resolve("raw");
            bench.requireCompleted(bench.begin("""
                    <domainbackup mode='push'><disks>
                      <disk name='vda' type='file'><driver type='raw'/><target file='%s'/></disk>
                    </disks></domainbackup>
                    """.formatted(target), ""));
            writer.stop();
            Judge.requireRight(target);
        }
    }

    private static void awaitWrites(SequenceWriter writer, int records) {
        long wanted = writer.sequence() + records;
        Await.until("the writer has written " + records + " more", LIMIT, () -> writer.sequence() >= wanted);
    }
}
