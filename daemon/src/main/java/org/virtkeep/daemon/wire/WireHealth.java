package org.virtkeep.daemon.wire;

import java.util.Map;
import java.util.OptionalLong;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.rpc.VirtkeepMessages;

/// The health of checkpoints, and its repair, as virtkeep's own program tells them. Stateless.
public final class WireHealth {
    private WireHealth() {}

    public static VirtkeepMessages.NamedHealth of(CheckpointHealth health) {
        return new VirtkeepMessages.NamedHealth(
                health.name(),
                health.known(),
                health.disks().stream().map(disk -> disk(disk, Map.of())).toList());
    }

    /// @param dirtyBytes by disk, as far as they are known
    public static VirtkeepMessages.DiskHealth disk(CheckpointHealth.Disk disk, Map<String, Long> dirtyBytes) {
        Long dirty = dirtyBytes.get(disk.disk());
        return new VirtkeepMessages.DiskHealth(
                disk.disk(),
                state(disk.state()),
                disk.detail(),
                dirty == null ? OptionalLong.empty() : OptionalLong.of(dirty));
    }

    private static VirtkeepMessages.Health state(CheckpointHealth.State state) {
        return switch (state) {
            case OK -> VirtkeepMessages.Health.OK;
            case MISSING -> VirtkeepMessages.Health.MISSING;
            case INCONSISTENT -> VirtkeepMessages.Health.INCONSISTENT;
            case NOT_RECORDING -> VirtkeepMessages.Health.NOT_RECORDING;
            case GAP -> VirtkeepMessages.Health.GAP;
            case RESIZED -> VirtkeepMessages.Health.RESIZED;
            case UNKNOWN -> VirtkeepMessages.Health.UNKNOWN;
        };
    }

    public static VirtkeepMessages.RepairStep of(CheckpointRepair.Step step) {
        return new VirtkeepMessages.RepairStep(step.checkpoint(), step.disk(), number(step.action()), step.detail());
    }

    private static int number(CheckpointRepair.Action action) {
        return switch (action) {
            case DISK_LOST -> 1;
            case BITMAPS_REMOVED -> 2;
            case CHECKPOINT_DROPPED -> 3;
            case CHECKPOINT_IMPORTED -> 4;
            case LEFT -> 5;
        };
    }
}
