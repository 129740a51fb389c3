package org.virtkeep.qemu;

import org.virtkeep.api.BackupJob;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.blockjob.BlockJobStore;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;

/// Whether a disk may be changed now. Stateless.
final class DiskUse {
    private DiskUse() {}

    /// @param what cannot be done then, such as `resized`
    /// @throws VirtException OPERATION_INVALID naming the job that backs the disk up; as libvirt has it, if a block
    ///     job works on it
    static void requireNoBackup(DomainSession session, BackupOperations backups, String target, String what) {
        BlockJobStore.requireNone(session, target);
        for (BackupJob job : backups.jobs(session)) {
            if (!job.state().hasEnded()
                    && job.disks().stream().anyMatch(disk -> disk.name().equals(target))) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_INVALID,
                        "disk '%s' of domain '%s' cannot be %s while backup job %d copies it; wait for that job's end, or end it (backup-end --id %d)"
                                .formatted(target, session.name(), what, job.id(), job.id()));
            }
        }
    }
}
