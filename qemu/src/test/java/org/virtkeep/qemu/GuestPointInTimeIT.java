package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.Tools;

/// Backups of a real guest that never stops writing, judged by what it wrote. One of its two disks has a backing file.
@Tag("qemu")
class GuestPointInTimeIT {
    private static final List<String> DISKS = List.of("vda", "vdb");
    private static final int INCREMENTALS = 3;
    private static final int RECORDS_BETWEEN = 100;

    private static GuestDomain guest;
    private static BackupBench bench;
    private static Path dir;

    @BeforeAll
    static void boot(@TempDir Path shared) {
        dir = shared;
        Path plain = Images.qcow2(dir.resolve("vda.qcow2"), "32M");
        Path backing = Images.qcow2(dir.resolve("backing.qcow2"), "32M");
        Images.io(backing, "qcow2", "write -P 0x77 0 32M"); // the writer clears the disk when it begins
        Path overlay = Images.overlay(dir.resolve("vdb.qcow2"), backing, "qcow2");
        guest = GuestDomain.in(dir).disk("vda", plain).disk("vdb", overlay).start();
        bench = new BackupBench(guest.vm());
        guest.awaitWrites(3 * RECORDS_BETWEEN);
    }

    @AfterAll
    static void end() {
        if (guest != null) {
            bench.close();
            guest.close();
        }
    }

    @Test
    void everyPointOfAChainOfPushesIsRight() {
        bench.requireCompleted(bench.push("", "push0", "push0"));
        for (int i = 1; i <= INCREMENTALS; i++) {
            guest.awaitWrites(RECORDS_BETWEEN);
            bench.requireCompleted(bench.push("push" + (i - 1), "push" + i, "push" + i));
        }
        long before = 0;
        for (int i = 0; i <= INCREMENTALS; i++) {
            long now = Judge.requireRight(restored("vda", i), restored("vdb", i));
            assertThat(now).isGreaterThan(before);
            before = now;
        }
        guest.requireUnharmed();
    }

    /// Rebuilds a restore point as an administrator would: each layer is put on the one before it.
    private static Path restored(String disk, int point) {
        for (int i = 1; i <= point; i++) {
            String below = bench.target(disk, "push" + (i - 1)).toString();
            String layer = bench.target(disk, "push" + i).toString();
            Shell.run("qemu-img", "rebase", "-u", "-F", "qcow2", "-b", below, layer);
        }
        return Images.convert(
                bench.target(disk, "push" + point), "qcow2", dir.resolve(disk + ".push" + point + ".raw"), "raw");
    }

    @Test
    void everyPointOfAChainOfPullsIsRight() {
        Tools.require("nbdcopy");
        int full = bench.pull("", "pull0");
        guest.awaitWrites(RECORDS_BETWEEN);
        Map<String, Path> copies = new HashMap<>();
        DISKS.forEach(disk -> copies.put(disk, bench.copy(disk, disk + ".pull0")));
        assertThat(guest.domain().backupEnd(full, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        long before = Judge.requireRight(copies.get("vda"), copies.get("vdb"));
        for (int i = 1; i <= INCREMENTALS; i++) {
            String next = "pull" + i;
            guest.awaitWrites(RECORDS_BETWEEN);
            int id = bench.pull("pull" + (i - 1), next);
            guest.awaitWrites(RECORDS_BETWEEN);
            DISKS.forEach(disk -> copies.compute(disk, (_, copy) -> bench.patched(disk, copy, disk + "." + next)));
            assertThat(guest.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            long now = Judge.requireRight(copies.get("vda"), copies.get("vdb"));
            assertThat(now).isGreaterThan(before);
            before = now;
        }
        guest.requireUnharmed();
    }

    @Test
    void snapshotsAndTheirDeletionUnderItsHandsLoseNothing() {
        bench.requireCompleted(bench.push("", "g0", "g0"));
        for (String name : List.of("s1", "s2")) {
            guest.domain()
                    .snapshotCreate(
                            SnapshotBench.snapshot(name),
                            SnapshotBench.checkpoint("with-" + name),
                            Set.of(SnapshotCreateFlag.DISK_ONLY));
            guest.awaitWrites(RECORDS_BETWEEN);
        }
        bench.requireCompleted(bench.push("g0", "g1", "g1"));
        guest.domain().snapshot("s1").delete(Set.of()); // below the other
        guest.awaitWrites(RECORDS_BETWEEN);
        guest.domain().snapshot("s2").delete(Set.of()); // what the guest writes to
        guest.awaitWrites(RECORDS_BETWEEN);
        bench.requireCompleted(bench.push("g1", "", "g2"));
        bench.requireCompleted(bench.push("g0", "", "g3"));
        long first = layered("g1", "g0");
        assertThat(layered("g2", "g1")).isGreaterThan(first);
        assertThat(layered("g3", "g0")).isGreaterThan(first);
        guest.requireUnharmed();
    }

    /// The number of the last record in what a layer on another one restores.
    private static long layered(String suffix, String below) {
        Map<String, Path> raws = new HashMap<>();
        for (String disk : DISKS) {
            String base = bench.target(disk, below).toString();
            Path layer = bench.target(disk, suffix);
            Shell.run("qemu-img", "rebase", "-u", "-F", "qcow2", "-b", base, layer.toString());
            raws.put(disk, Images.convert(layer, "qcow2", dir.resolve(disk + "." + suffix + ".raw"), "raw"));
        }
        return Judge.requireRight(raws.get("vda"), raws.get("vdb"));
    }

    @Test
    void aPullBegunWhileTheGuestIsPausedIsWhatTheDisksWereThen() throws Exception {
        Tools.require("nbdcopy");
        guest.domain().suspend();
        int id = bench.pull("", "");
        Map<String, Path> then = new HashMap<>();
        for (String disk : DISKS) { // a copy of the image itself, which nobody writes now
            Path image = Files.copy(dir.resolve(disk + ".qcow2"), dir.resolve(disk + ".then"));
            then.put(disk, image);
        }
        guest.domain().resume();
        guest.awaitWrites(RECORDS_BETWEEN);
        for (String disk : DISKS) {
            Path copy = bench.copy(disk, disk + ".paused");
            Images.requireSame(copy, "raw", then.get(disk), "qcow2");
        }
        assertThat(guest.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        guest.requireUnharmed();
    }
}
