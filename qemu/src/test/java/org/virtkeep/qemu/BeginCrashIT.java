package org.virtkeep.qemu;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whoever begins a backup or makes a checkpoint may be killed at any step.
@Tag("qemu")
class BeginCrashIT {
    @TempDir
    Path dir;

    @Test
    void aFullPushWithACheckpointBeginsWholeOrNotAtAll() {
        everyDeath(DoomedCommand.Operation.BEGIN_PUSH);
    }

    @Test
    void anIncrementalPullWithACheckpointBeginsWholeOrNotAtAll() {
        everyDeath(DoomedCommand.Operation.BEGIN_PULL);
    }

    @Test
    void aCheckpointIsCreatedWholeOrNotAtAll() {
        everyDeath(DoomedCommand.Operation.CHECKPOINT_CREATE);
    }

    private void everyDeath(DoomedCommand.Operation operation) {
        try (var bench = new CrashBench(dir)) {
            new CrashLoop(bench).everyDeath(operation, () -> {});
        }
    }
}
