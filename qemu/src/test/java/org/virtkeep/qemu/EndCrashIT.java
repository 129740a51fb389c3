package org.virtkeep.qemu;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.qemu.backup.BackupSettings;

/// Whoever ends a backup or deletes a checkpoint may be killed at any step.
@Tag("qemu")
class EndCrashIT {
    @TempDir
    Path dir;

    @Test
    void aPullEndsAllTheSame() {
        try (var bench = new CrashBench(dir)) {
            new CrashLoop(bench).everyDeath(DoomedCommand.Operation.END_PULL, bench::beginPull);
        }
    }

    @Test
    void aPushIsAbortedAllTheSame() {
        try (var bench = new CrashBench(dir)) {
            new CrashLoop(bench).everyDeath(DoomedCommand.Operation.ABORT_PUSH, bench::beginSlowPush);
        }
    }

    @Test
    void aFleecedPushIsAbortedAllTheSame() {
        var fleeced = new BackupSettings(Duration.ZERO, BackupSettings.PushPath.FLEECED);
        try (var bench = new CrashBench(dir, fleeced)) {
            new CrashLoop(bench).everyDeath(DoomedCommand.Operation.ABORT_PUSH, bench::beginSlowPush);
        }
    }

    @Test
    void aCheckpointIsDeletedWholeOrNotAtAll() {
        try (var bench = new CrashBench(dir)) {
            new CrashLoop(bench).everyDeath(DoomedCommand.Operation.CHECKPOINT_DELETE, () -> {});
        }
    }
}
