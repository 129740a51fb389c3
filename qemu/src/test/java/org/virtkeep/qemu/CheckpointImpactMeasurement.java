package org.virtkeep.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;

/// Measures what checkpoints cost a guest that writes 4 KiB at random places, and prints the table of
/// `docs/guest-impact.md`. It proves nothing and takes minutes, so it is no part of the tests; `bench/checkpoints` runs
/// it.
class CheckpointImpactMeasurement {
    private static final int ROUNDS = Integer.getInteger("virtkeep.rounds", 5);
    private static final Duration WINDOW = Duration.ofSeconds(4);
    private static final int RECORDS_BEFORE = 1000;
    private static final List<Integer> COUNTS = List.of(0, 1, 8, 32);

    @TempDir
    Path dir;

    @Test
    void measure() throws IOException {
        var builder = GuestDomain.in(dir)
                .disk("vda", Images.qcow2(dir.resolve("vda.qcow2"), "64M"))
                .disk("vdb", Images.qcow2(dir.resolve("vdb.qcow2"), "64M"))
                .options("max=4096");
        try (var guest = builder.start();
                var impact = new GuestImpact(guest)) {
            guest.awaitWrites(RECORDS_BEFORE);
            for (int round = 1; round <= ROUNDS; round++) {
                int made = 0;
                for (int count : COUNTS) {
                    for (; made < count; made++) {
                        guest.domain()
                                .checkpointCreate(
                                        SnapshotBench.checkpoint("c" + made).orElseThrow(), Set.of());
                    }
                    impact.during(count == 1 ? "1 checkpoint" : count + " checkpoints", this::waitAWhile);
                }
                guest.domain().checkpoints().reversed().forEach(checkpoint -> checkpoint.delete(Set.of()));
            }
            Path result = Path.of(System.getProperty("virtkeep.home", "."), "qemu/target/checkpoint-impact.md");
            Files.writeString(result, impact.table());
            System.out.println(impact.table());
        }
    }

    private void waitAWhile() {
        long until = System.nanoTime() + WINDOW.toNanos();
        Await.until("the end of a window", WINDOW.multipliedBy(10), () -> System.nanoTime() > until);
    }
}
