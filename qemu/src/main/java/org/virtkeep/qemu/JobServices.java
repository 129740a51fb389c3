package org.virtkeep.qemu;

import org.virtkeep.qemu.backup.BackupJobs;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.Backups;
import org.virtkeep.qemu.backup.Checkpoints;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.CheckpointOperations;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.state.Root;

/// What a connection needs beside the domains themselves: backups, checkpoints, and their recovery.
/// Immutable.
record JobServices(JobRecovery recovery, BackupOperations backups, CheckpointOperations checkpoints) {

    /// The services for the domains of a root.
    static JobServices of(Root root, BackupSettings settings) {
        BackupJobs jobs = BackupJobs.create();
        return new JobServices(jobs, new Backups(root, jobs, settings), new Checkpoints(root));
    }
}
