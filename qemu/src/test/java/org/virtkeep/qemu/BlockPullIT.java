package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.BlockJobBench.refused;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BlockJobOperations.BlockJobEnd;
import org.virtkeep.api.BlockPull;
import org.virtkeep.model.ErrorCode;

/// Pulls into the active image, under a guest that writes, with checkpoints.
@Tag("qemu")
class BlockPullIT {
    private static final BlockPull ALL = new BlockPull(Optional.empty(), 0, false);

    @TempDir
    Path dir;

    @Test
    void allIsPulledAndCheckpointsGoOn() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.bench.write();
            jobs.bench.createCheckpoint("old");
            String full = jobs.bench.push("");
            jobs.layers(2);
            jobs.bench.createCheckpoint("late");
            String beforeLate = jobs.bench.push("old");
            jobs.bench.requireRestores(beforeLate, full);
            jobs.domain().blockPull("vda", ALL);
            jobs.bench.write();
            jobs.awaitEnd();
            jobs.bench.write();
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s2");
            assertThat(jobs.told()).containsExactly("PULL COMPLETED");
            String late = jobs.bench.push("late");
            jobs.bench.requireRestores(late, beforeLate);
            assertThat(jobs.bench.allocated("vda", late)).isLessThan(2 << 20);
            jobs.bench.requireRestores(jobs.bench.push("old"), full);
            jobs.requireAllOfIt();
        }
    }

    @Test
    void aPartIsPulledAndAPullCanBeEnded() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.bench.createCheckpoint("old");
            String full = jobs.bench.push("");
            jobs.layers(3);
            jobs.domain().blockPull("vda", new BlockPull(Optional.of("vda[2]"), 1, false));
            refused(() -> jobs.pivot(), ErrorCode.OPERATION_INVALID, "does not support pivot");
            refused(() -> jobs.domain().blockPull("vda", ALL), ErrorCode.OPERATION_UNSUPPORTED, "active block job");
            jobs.domain().blockJobAbort("vda", Set.of(BlockJobEnd.ASYNC));
            assertThat(jobs.bench.chain("vda")).hasSize(4);
            String base = dir.resolve("vda.s1").toString();
            jobs.domain().blockPull("vda", new BlockPull(Optional.of(base), 0, true));
            jobs.awaitEnd();
            jobs.bench.write();
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s3", "vda.s1", "vda.qcow2");
            jobs.domain().blockPull("vda", new BlockPull(Optional.of("vda[1]"), 0, false));
            jobs.bench.requireRestores(jobs.bench.push("old"), full);
            assertThat(jobs.told()).containsExactly("PULL CANCELED", "PULL COMPLETED", "PULL COMPLETED");
            jobs.requireAllOfIt();
        }
    }

    @Test
    void aPullThatQemuDoesNotSurviveLeavesTheChain() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.layers(1);
            jobs.domain().blockPull("vda", new BlockPull(Optional.empty(), 1, false));
            jobs.bench.vm().killQemu();
            jobs.bench.requireContent();
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s1", "vda.qcow2");
            assertThat(jobs.told()).containsExactly("PULL FAILED");
        }
    }
}
