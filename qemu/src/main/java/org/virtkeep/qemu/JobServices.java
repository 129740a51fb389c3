package org.virtkeep.qemu;

import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.CheckpointOperations;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.state.Root;

/// What a connection needs beside the domains themselves: backups, checkpoints, and their recovery. Immutable.
record JobServices(JobRecovery recovery, BackupOperations backups, CheckpointOperations checkpoints) {

    /// The services for the domains of a root.
    static JobServices of(Root root) {
        return new JobServices(JobRecovery.NONE, new NoBackups(), new NoCheckpoints());
    }
}
