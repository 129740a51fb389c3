package org.virtkeep.qemu.backup;

import java.util.List;
import java.util.Optional;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.qemu.block.CheckpointBitmaps;

/// A backup that was checked in every respect that can be checked without touching anything.
///
/// @param request    with all defaults filled in
/// @param checkpoint what is to be created at the same instant
/// @param disks      those that are backed up, in the domain's order
record BackupPlan(BackupRequest request, Optional<CheckpointPlan> checkpoint, List<Disk> disks) {
    BackupPlan {
        disks = List.copyOf(disks);
    }

    boolean push() {
        return request instanceof BackupRequest.Push;
    }

    /// @param record what will be remembered of it
    /// @param since  the bitmaps to merge, for an incremental
    record Disk(DiskRecord record, Optional<CheckpointBitmaps> since) {}
}
