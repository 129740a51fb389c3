package org.virtkeep.qemu;

import java.util.List;
import org.virtkeep.qemu.backup.BackupJobs;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.Backups;
import org.virtkeep.qemu.backup.Checkpoints;
import org.virtkeep.qemu.blockjob.BlockJobRecovery;
import org.virtkeep.qemu.blockjob.BlockJobStore;
import org.virtkeep.qemu.blockjob.GuardProcess;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.CheckpointOperations;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.session.Recoveries;
import org.virtkeep.qemu.session.SnapshotOperations;
import org.virtkeep.qemu.snapshot.SnapshotRecovery;
import org.virtkeep.qemu.snapshot.Snapshots;
import org.virtkeep.qemu.state.Root;

/// What a connection needs beside the domains themselves: backups, checkpoints, snapshots, and their recovery.
/// Immutable.
record JobServices(
        JobRecovery recovery,
        BackupOperations backups,
        CheckpointOperations checkpoints,
        SnapshotOperations snapshots,
        RestingDomains resting,
        WatchedDomains watched,
        SettledDomains settled) {

    JobServices(
            JobRecovery recovery,
            BackupOperations backups,
            CheckpointOperations checkpoints,
            SnapshotOperations snapshots) {
        this(recovery, backups, checkpoints, snapshots, new WatchedDomains());
    }

    private JobServices(
            JobRecovery recovery,
            BackupOperations backups,
            CheckpointOperations checkpoints,
            SnapshotOperations snapshots,
            WatchedDomains watched) {
        this(
                recovery,
                backups,
                checkpoints,
                snapshots,
                new RestingDomains(backups),
                watched,
                new SettledDomains(backups, watched));
    }

    /// The services for the domains of a root.
    static JobServices of(Root root, BackupSettings settings) {
        BackupJobs jobs = BackupJobs.create();
        var backups = new Backups(root, jobs, settings);
        return new JobServices(
                // backup jobs need to know the images as they are
                new Recoveries(List.of(new SnapshotRecovery(GuardProcess::start), new BlockJobRecovery(), jobs)),
                backups,
                new Checkpoints(root),
                new Snapshots(root, backups, GuardProcess::start, BlockJobStore::requireNone));
    }
}
