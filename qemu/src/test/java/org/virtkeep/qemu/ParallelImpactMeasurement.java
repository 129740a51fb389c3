package org.virtkeep.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;

/// Measures what one and three backups at once cost a writing guest, and prints the table of `docs/guest-impact.md`. It
/// proves nothing and takes minutes, so it is no part of the tests; `bench/parallel-jobs` runs it.
class ParallelImpactMeasurement {
    private static final int ROUNDS = Integer.getInteger("virtkeep.rounds", 5);
    private static final Duration WINDOW = Duration.ofSeconds(4);
    private static final int RECORDS_BEFORE = 1000;
    private static final List<Integer> COUNTS = List.of(1, 3);

    @TempDir
    Path dir;

    private GuestFirst first;
    private GuestImpact impact;

    @Test
    void measure() throws IOException {
        var builder = GuestDomain.in(dir)
                .disk("vda", Images.qcow2(dir.resolve("vda.qcow2"), "64M"))
                .disk("vdb", Images.qcow2(dir.resolve("vdb.qcow2"), "64M"));
        first = GuestFirst.boot(builder);
        try (var measured = first;
                var running = new GuestImpact(measured.guest())) {
            impact = running;
            measured.guest().awaitWrites(RECORDS_BEFORE);
            for (int round = 1; round <= ROUNDS; round++) {
                impact.during("no backup", this::waitAWhile);
                for (int count : COUNTS) {
                    pulls(count);
                    pushes(count, round);
                }
            }
        }
        Path result = Path.of(System.getProperty("virtkeep.home", "."), "qemu/target/parallel-impact.md");
        Files.writeString(result, impact.table());
        System.out.println(impact.table());
    }

    /// So many pulls, full and incremental in turn, that begin one after the other and then wait for clients.
    private void pulls(int count) {
        var ids = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            ids.add(first.bench().pullAs("pull" + i, i % 2 == 0 ? "" : "base", ""));
        }
        impact.during(named(count, "pull") + ", just begun, nobody reads", this::waitAWhile);
        ids.forEach(id -> first.guest().domain().backupEnd(id, Set.of()));
    }

    /// So many full pushes that run at once, from the first begin to the last end.
    private void pushes(int count, int round) {
        impact.during(named(count, "push") + ", from first begin to last end", () -> {
            var ids = new ArrayList<Integer>();
            for (int i = 0; i < count; i++) {
                ids.add(first.bench().push("", "", "push-%d-%d-%d".formatted(round, count, i)));
            }
            ids.forEach(first.bench()::requireCompleted);
        });
    }

    private static String named(int count, String mode) {
        return count == 1 ? "one " + mode : count + (mode.equals("push") ? " pushes" : " pulls");
    }

    private void waitAWhile() {
        long until = System.nanoTime() + WINDOW.toNanos();
        Await.until("the end of a window", WINDOW.multipliedBy(10), () -> System.nanoTime() > until);
    }
}
