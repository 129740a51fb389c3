package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.JobState;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.DoomedCommand.Operation;

/// Several processes work with the backups of one domain at the same time.
@Tag("qemu")
class SharedBackupIT {
    private static final int ENDINGS = 3;

    @TempDir
    Path dir;

    @Test
    void ofTwoThatBeginOneIsRefusedByTheOthersJob() {
        try (var bench = new CrashBench(dir);
                var first = start(Operation.BEGIN_PULL);
                var second = start(Operation.BEGIN_PULL)) {
            try (Connection third = bench.vm().reconnect()) {
                while (ProcessHandle.of(first.pid()).isPresent()
                        && ProcessHandle.of(second.pid()).isPresent()) {
                    assertThat(third.domains(Set.of(DomainFilter.ACTIVE))).hasSize(1);
                }
            }
            var lines = List.of(first.awaitLine(), second.awaitLine());
            int id = bench.vm().domain().backupJobs().getLast().id();
            assertThat(lines).anyMatch(line -> line.startsWith("steps "));
            assertThat(lines)
                    .anyMatch(line -> line.startsWith("refused OPERATION_INVALID ") && line.contains("job " + id));
            assertThat(Set.of(first.awaitExit(), second.awaitExit())).containsExactlyInAnyOrder(0, 1);
            bench.putRight();
        }
    }

    private JavaChild start(Operation operation) {
        return JavaChild.start(
                DoomedCommand.class, dir.toString(), operation.name(), Integer.toString(Integer.MAX_VALUE), "before");
    }

    @Test
    void anAbortThatMeetsTheEndOfAPushAgreesWithTheRecord() {
        try (var bench = new CrashBench(dir)) {
            for (int i = 0; i < ENDINGS; i++) {
                int id = bench.beginPush();
                var other = CompletableFuture.supplyAsync(() -> end(bench, id));
                BackupEnd mine = end(bench, id);
                assertThat(other.join()).isEqualTo(mine);
                BackupJob job = bench.vm().domain().backupJob(id);
                assertThat(job.state())
                        .isEqualTo(mine == BackupEnd.COMPLETED ? JobState.COMPLETED : JobState.CANCELLED);
                bench.putRight();
            }
        }
    }

    private static BackupEnd end(CrashBench bench, int id) {
        try (Connection own = bench.vm().reconnect()) {
            return own.domain("vm").backupEnd(id, Set.of(BackupEndFlag.ABORT));
        } catch (VirtException e) {
            throw new AssertionError(e);
        }
    }
}
