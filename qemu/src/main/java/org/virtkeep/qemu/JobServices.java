package org.virtkeep.qemu;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qemu.watch.FolderStates;

/// What a connection needs beside the domains themselves: backups, checkpoints, snapshots, their recovery, and what is
/// known of domains without asking. Immutable.
///
/// @param states owned by the connection
record JobServices(
        JobRecovery recovery,
        BackupOperations backups,
        CheckpointOperations checkpoints,
        SnapshotOperations snapshots,
        FolderStates states,
        DomainFolders folders,
        RestingDomains resting,
        WatchedDomains watched,
        SettledDomains settled,
        LateEndings endings) {

    JobServices(
            JobRecovery recovery,
            BackupOperations backups,
            CheckpointOperations checkpoints,
            SnapshotOperations snapshots,
            Root root,
            FolderStates states) {
        this(recovery, backups, checkpoints, snapshots, states, new DomainFolders(root, states), new WatchedDomains());
    }

    private JobServices(
            JobRecovery recovery,
            BackupOperations backups,
            CheckpointOperations checkpoints,
            SnapshotOperations snapshots,
            FolderStates states,
            DomainFolders folders,
            WatchedDomains watched) {
        this(
                recovery,
                backups,
                checkpoints,
                snapshots,
                states,
                folders,
                new RestingDomains(backups, states),
                watched,
                new SettledDomains(backups, watched, states),
                new LateEndings());
    }

    /// What is known of a domain without a look at its files: its UUID; empty if these have to be looked at.
    Optional<UUID> knownUuid(DomainFolder folder) {
        Optional<SettledDomains.Settled> running = settled.unchanged(folder);
        return running.isPresent()
                ? running.map(SettledDomains.Settled::uuid)
                : resting.find(folder).map(RestingDomains.Rest::uuid);
    }

    /// The UUID of a domain, if there is one.
    Optional<UUID> uuid(DomainFolder folder) {
        return knownUuid(folder)
                .or(() -> Optional.of(folder).filter(DomainFolder::exists).flatMap(DomainFolder::uuid));
    }

    /// The services for the domains of a root.
    static JobServices of(Root root, BackupSettings settings) {
        return of(root, settings, FolderStates.watched(root));
    }

    /// @param states tell what was changed; owned
    static JobServices of(Root root, BackupSettings settings, FolderStates states) {
        BackupJobs jobs = BackupJobs.create();
        var backups = new Backups(root, jobs, settings);
        return new JobServices(
                // backup jobs need to know the images as they are
                new Recoveries(List.of(new SnapshotRecovery(GuardProcess::start), new BlockJobRecovery(), jobs)),
                backups,
                new Checkpoints(root, states),
                new Snapshots(root, states, backups, GuardProcess::start, BlockJobStore::requireNone),
                root,
                states);
    }
}
