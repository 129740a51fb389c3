package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.SnapshotDisk;
import org.virtkeep.qemu.DoomedCommand.Operation;
import org.virtkeep.testkit.Await;

/// Whoever takes or deletes a snapshot may be killed at any step, and QEMU with it: no data is lost, and what is
/// known of snapshots and checkpoints is true.
@Tag("qemu")
class SnapshotCrashIT {
    /// As in [CrashBench], but fewer, for a trial takes longer here.
    private static final int TRIALS = Integer.getInteger("virtkeep.faults.trials", 2);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void aSnapshotAndItsCheckpointAreTakenBothOrNeither() throws IOException {
        everyDeath(Operation.SNAPSHOT_CREATE, false);
    }

    @Test
    void aSnapshotIsTakenOrNotAlsoIfQemuDies() throws IOException {
        everyDeath(Operation.SNAPSHOT_CREATE, true);
    }

    @Test
    void aSnapshotIsDeletedAllTheSame() throws IOException {
        everyDeath(Operation.SNAPSHOT_DELETE, false);
    }

    @Test
    void aDeletionThatQemuDoesNotSurviveLosesNothing() throws IOException {
        everyDeath(Operation.SNAPSHOT_DELETE, true);
    }

    private void everyDeath(Operation operation, boolean withQemu) throws IOException {
        int steps;
        try (var bench = prepared(operation, "count")) {
            try (var child = start(bench, operation, "none", "before")) {
                steps = Integer.parseInt(child.awaitLine().substring("steps ".length()));
                child.awaitExit();
            }
        }
        for (int n : chosen(steps)) {
            try (var bench = prepared(operation, "step" + n)) {
                String what;
                try (var child = start(bench, operation, Integer.toString(n), n % 2 == 0 ? "after" : "before")) {
                    what = "%s, step %d of %d, %s, %s"
                            .formatted(operation, n, steps, child.awaitLine(), withQemu ? "with QEMU" : "alone");
                    child.awaitExit();
                }
                try {
                    judge(bench, withQemu);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(what + ": " + e.getMessage(), e);
                }
            }
        }
    }

    /// Evenly spread between the first and the last.
    private static int[] chosen(int steps) {
        return TRIALS == 0
                ? IntStream.rangeClosed(1, steps).toArray()
                : IntStream.rangeClosed(1, TRIALS)
                        .map(i -> 1 + i * steps / (TRIALS + 1))
                        .toArray();
    }

    private static JavaChild start(SnapshotBench bench, Operation operation, String step, String when) {
        return JavaChild.start(DoomedCommand.class, bench.vm().directory().toString(), operation.name(), step, when);
    }

    private SnapshotBench prepared(Operation operation, String name) throws IOException {
        var bench = new SnapshotBench(
                TestDomain.in(Files.createDirectory(dir.resolve(name))).disks(2).start());
        bench.write();
        bench.createCheckpoint("old");
        bench.push("");
        bench.write();
        if (operation == Operation.SNAPSHOT_DELETE) {
            bench.take(DoomedCommand.SNAPSHOT, "new");
            bench.write();
        }
        return bench;
    }

    private static void judge(SnapshotBench bench, boolean withQemu) {
        if (withQemu) {
            bench.vm().killQemu();
        }
        settle(bench);
        if (withQemu) {
            bench.requireContent();
            requireTrue(bench);
            bench.domain().start(Set.of());
            bench.write();
        } else {
            bench.write();
            requireTrue(bench);
            bench.requireRestores(bench.push("old"), "push0");
        }
        if (!bench.snapshots().isEmpty()) {
            bench.domain().snapshot(DoomedCommand.SNAPSHOT).delete(Set.of());
            bench.write();
        }
        assertThat(bench.chain("vda")).containsExactly("vda.qcow2");
        assertThat(bench.strayImages()).isEmpty();
        bench.domain().destroy();
        bench.requireContent();
    }

    /// Nobody but we open the domain: each look carries on with what is not done.
    private static void settle(SnapshotBench bench) {
        Await.until("the change is done or undone", LIMIT, () -> {
            bench.domain().backupJobs();
            return !isChanging(bench);
        });
    }

    private static boolean isChanging(SnapshotBench bench) {
        return Files.exists(bench.vm().root().folder("vm").snapshots().resolve(".change.json"));
    }

    /// A disk is on an overlay if and only if the snapshot is known and says so; the checkpoint comes with it.
    private static void requireTrue(SnapshotBench bench) {
        List<String> overlaid = bench.domain().snapshots().stream()
                .flatMap(snapshot -> snapshot.definition().external().stream())
                .map(SnapshotDisk::name)
                .toList();
        for (String disk : SnapshotBench.DISKS) {
            assertThat(bench.chain(disk))
                    .as("%s, overlays of %s", disk, overlaid)
                    .hasSize(overlaid.contains(disk) ? 2 : 1);
        }
        if (!overlaid.isEmpty()) {
            assertThat(bench.checkpoints()).containsExactly("old", "new");
        }
        assertThat(bench.strayImages()).isEmpty();
    }

    /// QEMU holds back the guest's writes while it goes over, until it is told to go on.
    @Test
    void theGuestDoesNotWaitForTheNextCommandIfTheDeleterDiesWhenQemuGoesOver() throws IOException {
        for (String when : List.of("before", "after")) {
            try (var bench = prepared(Operation.SNAPSHOT_DELETE, when)) {
                try (var child = start(bench, Operation.SNAPSHOT_DELETE, "QMP job-finalize", when)) {
                    child.awaitLine();
                    assertThat(child.awaitExit()).isEqualTo(DoomedCommand.KILLED);
                }
                Await.until("the guard has carried on", LIMIT, () -> !isChanging(bench));
                assertThat(bench.snapshots()).isEmpty();
                bench.write();
                bench.requireRestores(bench.push("old"), "push0");
            }
        }
    }
}
