package org.virtkeep.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;

/// Measures what a writing guest notices of snapshots, and prints the table of `docs/guest-impact.md`. It proves
/// nothing and takes minutes, so it is no part of the tests; `bench/guest-snapshots` runs it.
class SnapshotImpactMeasurement {
    private static final int ROUNDS = Integer.getInteger("virtkeep.rounds", 5);
    private static final Duration WINDOW = Duration.ofSeconds(3);
    private static final int RECORDS_BEFORE = 1000;

    @TempDir
    Path dir;

    private GuestDomain guest;

    @Test
    void measure() throws IOException {
        var builder = GuestDomain.in(dir)
                .disk("vda", Images.qcow2(dir.resolve("vda.qcow2"), "64M"))
                .disk("vdb", Images.qcow2(dir.resolve("vdb.qcow2"), "64M"));
        try (var booted = builder.start();
                var impact = new GuestImpact(booted)) {
            guest = booted;
            guest.awaitWrites(RECORDS_BEFORE);
            for (int round = 1; round <= ROUNDS; round++) {
                round(impact, round);
            }
            Path result = Path.of(System.getProperty("virtkeep.home", "."), "qemu/target/snapshot-impact.md");
            Files.writeString(result, impact.table());
            System.out.println(impact.table());
        }
    }

    private void round(GuestImpact impact, int round) {
        impact.during("no snapshot", this::waitAWhile);
        impact.during("snapshot with checkpoint is taken", () -> take("s" + round));
        impact.during("on an overlay", this::waitAWhile);
        take("t" + round);
        guest.awaitWrites(RECORDS_BEFORE / 5);
        for (String name : List.of("s" + round, "t" + round)) {
            impact.during(
                    "snapshot deleted: overlay %s".formatted(name.startsWith("s") ? "in the middle" : "on top"),
                    () -> guest.domain().snapshot(name).delete(Set.of()));
        }
        take("s");
        impact.during("deleter killed while QEMU goes over", () -> {
            try (var child = JavaChild.start(
                    DoomedCommand.class,
                    dir.toString(),
                    DoomedCommand.Operation.SNAPSHOT_DELETE.name(),
                    "QMP job-finalize",
                    "before")) {
                child.awaitLine();
                child.awaitExit();
            }
            Await.until(
                    "the end of the deletion",
                    GuestDomain.WRITE_LIMIT,
                    () -> guest.domain().snapshots().isEmpty());
        });
    }

    private void take(String name) {
        guest.domain()
                .snapshotCreate(
                        SnapshotBench.snapshot(name),
                        SnapshotBench.checkpoint("with-" + name + "-" + System.nanoTime()),
                        Set.of(SnapshotCreateFlag.DISK_ONLY));
    }

    private void waitAWhile() {
        long until = System.nanoTime() + WINDOW.toNanos();
        Await.until("the end of a window", WINDOW.multipliedBy(10), () -> System.nanoTime() > until);
    }
}
