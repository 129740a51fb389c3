package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BlockCommit.Flag;
import org.virtkeep.qemu.DoomedCommand.Operation;
import org.virtkeep.testkit.Await;

/// Whoever begins or ends a block job may be killed at any step, and QEMU with it: no data is lost, and the disk is
/// on one image or the other.
@Tag("qemu")
class BlockJobCrashIT {
    @TempDir
    Path dir;

    @Test
    void aCommitWhoseBeginnerDiesBecomesReadyAllTheSame() throws IOException {
        try (var jobs = prepared("begin", true)) {
            die(jobs, Operation.BLOCK_COMMIT, "QMP block-commit", "before");
            jobs.awaitReady();
            jobs.bench.write();
            jobs.pivot();
            requirePivoted(jobs);
        }
    }

    @Test
    void theGuestGoesOnIfWhoeverPivotsDiesWhenQemuGoesOver() throws IOException {
        try (var jobs = prepared("pivot", true)) {
            jobs.commit("", "", Flag.ACTIVE);
            jobs.awaitReady();
            die(jobs, Operation.BLOCK_PIVOT, "QMP job-finalize", "before");
            Path journal = jobs.bench.vm().root().folder("vm").blockJobs().resolve("vda.json");
            Await.until("the guard has carried on", BlockJobBench.LIMIT, () -> !Files.exists(journal));
            requirePivoted(jobs);
        }
    }

    @Test
    void theDiskIsOnAnImageThatHoldsAllIfQemuDiesToo() throws IOException {
        for (String step : List.of("QMP job-finalize", "QMP job-dismiss")) {
            try (var jobs = prepared(step.substring("QMP ".length()), false)) {
                jobs.commit("", "", Flag.ACTIVE);
                jobs.awaitReady();
                die(jobs, Operation.BLOCK_PIVOT, step, "before");
                jobs.bench.vm().killQemu();
                assertThat(jobs.domain().state().name()).isEqualTo("SHUTOFF");
                jobs.bench.requireContent();
                assertThat(jobs.told()).hasSize(2);
            }
        }
    }

    @Test
    void aCopyThatHasNotBegunLeavesNothing() throws Exception {
        try (var jobs = prepared("copy", false)) {
            Traces before = Traces.of(jobs.bench.vm());
            die(jobs, Operation.BLOCK_COPY, "QMP blockdev-mirror", "before");
            assertThat(jobs.domain().blockJob("vda")).isEmpty();
            before.requireSame(Traces.of(jobs.bench.vm()));
            assertThat(jobs.told()).containsExactly("COPY FAILED");
            Path copy = jobs.bench.vm().directory().resolve("copy.qcow2");
            jobs.domain().blockCopy("vda", BlockJobBench.copy(copy));
            jobs.awaitReady();
            jobs.bench.write();
            die(jobs, Operation.BLOCK_PIVOT, "QMP job-finalize", "after");
            jobs.bench.vm().killQemu();
            assertThat(jobs.domain().state().name()).isEqualTo("SHUTOFF");
            assertThat(jobs.bench.chain("vda")).containsExactly("copy.qcow2");
            jobs.bench.requireContent();
        }
    }

    private BlockJobBench prepared(String name, boolean backedUp) throws IOException {
        var jobs = new BlockJobBench(
                TestDomain.in(Files.createDirectory(dir.resolve(name))).disks(2).start());
        if (backedUp) {
            jobs.bench.createCheckpoint("old");
            jobs.bench.push("");
        }
        jobs.layers(1);
        return jobs;
    }

    private static void die(BlockJobBench jobs, Operation operation, String step, String when) throws IOException {
        try (var child = JavaChild.start(
                DoomedCommand.class, jobs.bench.vm().directory().toString(), operation.name(), step, when)) {
            child.awaitLine();
            assertThat(child.awaitExit()).isEqualTo(DoomedCommand.KILLED);
        }
    }

    private static void requirePivoted(BlockJobBench jobs) {
        assertThat(jobs.bench.chain("vda")).containsExactly("vda.qcow2");
        jobs.bench.write();
        jobs.bench.requireRestores(jobs.bench.push("old"), "push0");
        assertThat(jobs.told()).containsExactly("ACTIVE_COMMIT READY", "ACTIVE_COMMIT COMPLETED");
    }
}
