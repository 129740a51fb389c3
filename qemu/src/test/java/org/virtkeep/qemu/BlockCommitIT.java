package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.BlockJobBench.commit;
import static org.virtkeep.qemu.BlockJobBench.refused;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BlockCommit.Flag;
import org.virtkeep.api.BlockJobOperations.BlockJobEnd;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qmp.CancelJob;
import org.virtkeep.qmp.JobStatus;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryJobs;

/// Commits that a user begins and ends by hand, under a guest that writes, with checkpoints.
@Tag("qemu")
class BlockCommitIT {
    @TempDir
    Path dir;

    @Test
    void theActiveImageIsMergedAndCheckpointsGoOn() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.bench.write();
            jobs.bench.createCheckpoint("old");
            String full = jobs.bench.push("");
            jobs.layers(2);
            jobs.bench.createCheckpoint("late");
            String beforeLate = jobs.bench.push("old");
            jobs.bench.requireRestores(beforeLate, full);
            jobs.commit("", "", Flag.ACTIVE);
            jobs.bench.write();
            jobs.awaitReady();
            assertThat(jobs.domain().blockJob("vda").orElseThrow().type()).isEqualTo(BlockJobType.ACTIVE_COMMIT);
            jobs.bench.write();
            jobs.bench.createCheckpoint("meanwhile");
            jobs.bench.write();
            jobs.pivot();
            jobs.bench.write();
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.qcow2");
            assertThat(jobs.bench.chain("vdb")).containsExactly("vdb.s2", "vdb.s1", "vdb.qcow2");
            assertThat(jobs.told()).containsExactly("ACTIVE_COMMIT READY", "ACTIVE_COMMIT COMPLETED");
            assertThat(jobs.bench.strayImages()).containsExactly("vda.s1", "vda.s2");
            String late = jobs.bench.push("late");
            jobs.bench.requireRestores(late, beforeLate);
            assertThat(jobs.bench.allocated("vda", late)).isLessThan(2 << 20);
            jobs.bench.requireRestores(jobs.bench.push("old"), full);
            assertThat(jobs.bench.checkpoints()).containsExactly("old", "late", "meanwhile");
            jobs.requireAllOfIt();
        }
    }

    @Test
    void imagesBelowTheActiveOneAreMergedAndDeleted() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.bench.createCheckpoint("old");
            String full = jobs.bench.push("");
            jobs.bench.write();
            jobs.bench.take("s1");
            jobs.bench.createCheckpoint("middle");
            String middle = jobs.bench.push("old");
            jobs.layers(0);
            jobs.bench.write();
            jobs.bench.take("s2");
            jobs.bench.write();
            jobs.bench.take("s3");
            jobs.bench.write();
            jobs.commit("", "vda[1]", Flag.DELETE);
            jobs.bench.write();
            jobs.awaitEnd();
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s3", "vda.qcow2");
            assertThat(jobs.bench.strayImages()).isEmpty();
            assertThat(jobs.told()).containsExactly("COMMIT COMPLETED");
            String late = jobs.bench.push("middle");
            jobs.bench.requireRestores(late, middle);
            jobs.bench.requireRestores(jobs.bench.push("old"), full);
            jobs.domain().destroy();
            jobs.bench.requireContent();
            refused(() -> jobs.domain().snapshot("s1").revert(), ErrorCode.OPERATION_INVALID, "blockcommit");
            jobs.domain().snapshot("s3").revert();
            assertThat(jobs.bench.chain("vda")).hasSize(2).last().isEqualTo("vda.qcow2");
        }
    }

    @Test
    void anAbortedCommitLeavesTheDiskWhereItIs() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.bench.createCheckpoint("old");
            String full = jobs.bench.push("");
            jobs.layers(1);
            jobs.commit("", "", Flag.ACTIVE, Flag.SHALLOW);
            jobs.awaitReady();
            jobs.bench.write();
            refused(() -> jobs.commit("", "", Flag.ACTIVE), ErrorCode.BLOCK_COPY_ACTIVE, "active block job");
            refused(() -> jobs.bench.take("s2"), ErrorCode.BLOCK_COPY_ACTIVE, "active block job");
            refused(() -> jobs.bench.push("old"), ErrorCode.OPERATION_UNSUPPORTED, "block job");
            jobs.domain().blockJobAbort("vda", Set.of());
            refused(() -> jobs.pivot(), ErrorCode.INVALID_ARG, "does not have an active block job");
            assertThat(jobs.told()).containsExactly("ACTIVE_COMMIT READY", "ACTIVE_COMMIT CANCELED");
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s1", "vda.qcow2");
            jobs.bench.write();
            jobs.bench.requireRestores(jobs.bench.push("old"), full);
            jobs.requireAllOfIt();
        }
    }

    /// QEMU refuses to cancel a job that has come to its end, as it can between the look at it and the command.
    @Test
    void anAbortMayComeWhenTheJobHasJustEnded() {
        var vm = TestDomain.in(dir).disks(2).monitors(CancelledTwice::new).start();
        try (var jobs = new BlockJobBench(vm)) {
            jobs.layers(1);
            jobs.commit("", "", Flag.ACTIVE);
            jobs.awaitReady();
            jobs.domain().blockJobAbort("vda", Set.of());
            assertThat(jobs.told()).containsExactly("ACTIVE_COMMIT READY", "ACTIVE_COMMIT CANCELED");
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s1", "vda.qcow2");
            jobs.requireAllOfIt();
        }
    }

    /// Before a job is cancelled, it has been cancelled already.
    private static final class CancelledTwice extends DelegatingMonitor {
        CancelledTwice(QmpMonitor real) {
            super(real);
        }

        @Override
        public <R> R execute(QmpCommand<R> command, Deadline deadline) throws QmpException {
            if (command instanceof CancelJob) {
                super.execute(command, deadline);
                while (!hasConcluded(deadline)) {
                    Thread.onSpinWait();
                }
            }
            return super.execute(command, deadline);
        }

        private boolean hasConcluded(Deadline deadline) throws QmpException {
            return super.execute(new QueryJobs(), deadline).stream()
                    .allMatch(job -> job.status() == JobStatus.CONCLUDED);
        }
    }

    @Test
    void aSlowCommitCanBeHastenedAndIsNotReadyBefore() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.bench.vm().write("vda", "write -P 7 0 8M");
            jobs.bench.take("s1");
            jobs.bench.vm().write("vda", "write -P 8 0 8M");
            jobs.domain().blockCommit("vda", commit("", "", 1, Flag.ACTIVE));
            refused(() -> jobs.pivot(), ErrorCode.BLOCK_COPY_ACTIVE, "not ready for pivot yet");
            assertThat(jobs.domain().blockJob("vda").orElseThrow().bytesPerSecond())
                    .isEqualTo(1);
            jobs.domain().setBlockJobSpeed("vda", 0);
            jobs.awaitReady();
            jobs.domain().blockJobAbort("vda", Set.of(BlockJobEnd.PIVOT, BlockJobEnd.ASYNC));
            jobs.awaitEnd();
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.qcow2");
        }
    }

    @Test
    void aCommitWaitsForItsPivotWhoeverDiesAndEndsWithQemu() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.layers(1);
            jobs.commit("", "", Flag.ACTIVE);
            jobs.awaitReady();
            try (var other = jobs.bench.vm().reconnect()) {
                assertThat(other.domain("vm").blockJob("vda").orElseThrow().ready())
                        .isTrue();
            }
            jobs.bench.write();
            jobs.bench.vm().killQemu();
            refused(() -> jobs.domain().blockJob("vda"), ErrorCode.OPERATION_INVALID, "not running");
            assertThat(jobs.told()).containsExactly("ACTIVE_COMMIT READY", "ACTIVE_COMMIT FAILED");
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s1", "vda.qcow2");
            jobs.bench.requireContent();
            jobs.domain().start(Set.of());
            jobs.commit("", "", Flag.ACTIVE, Flag.DELETE);
            jobs.requireAllOfIt();
            assertThat(jobs.told()).last().isEqualTo("ACTIVE_COMMIT CANCELED");
        }
    }

    @Test
    void whatIsNotInTheChainIsRefused() {
        try (var jobs = new BlockJobBench(dir)) {
            refused(() -> jobs.commit("", "", Flag.ACTIVE), ErrorCode.INVALID_ARG, "could not find base image");
            jobs.layers(2);
            refused(() -> jobs.commit("", ""), ErrorCode.INVALID_ARG, "requires active flag");
            refused(() -> jobs.commit("", "vda[1]", Flag.ACTIVE), ErrorCode.INVALID_ARG, "is not active");
            refused(() -> jobs.commit("", "vda[7]"), ErrorCode.INVALID_ARG, "could not find backing store index");
            refused(() -> jobs.commit("", "vdb[1]"), ErrorCode.INVALID_ARG, "does not match target");
            refused(() -> jobs.commit("/x", "vda[1]"), ErrorCode.INVALID_ARG, "could not find image '/x' beneath");
            refused(
                    () -> jobs.commit("vda[2]", "", Flag.ACTIVE, Flag.SHALLOW),
                    ErrorCode.INVALID_ARG,
                    "is not immediately below");
            refused(
                    () -> jobs.domain().blockCommit("vdq", commit("", "", 0)),
                    ErrorCode.INVALID_ARG,
                    "disk 'vdq' not found");
            jobs.commit(
                    dir.resolve("vda.qcow2").toString(), dir.resolve("vda.s1").toString(), Flag.SHALLOW);
            jobs.awaitEnd();
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s2", "vda.qcow2");
            jobs.requireAllOfIt();
        }
    }
}
