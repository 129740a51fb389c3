package org.virtkeep.transfer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How a domain is backed up. Immutable.
///
/// @param stateFolder where a run leaves its record, so that the next one can clean up after its death
/// @param disks targets of the disks to back up; empty for all that the guest may write to
/// @param full reads everything, also where only changes would have to be read
/// @param quiesce freezes the guest's file systems for the instant
/// @param rateLimit may be shared by several backups
/// @param scratchFolder where QEMU keeps what the guest overwrites meanwhile; empty for beside each
///     image
/// @param foreignSockets true if the disks are served by another user than this process's, as libvirt's daemon has
///     it: the folder of the socket is then one that others may make files in, and no more
/// @param workers how many threads read, hash and compress; each has a buffer of one MiB
public record BackupOptions(
        Path stateFolder,
        List<String> disks,
        boolean full,
        boolean quiesce,
        RateLimit rateLimit,
        Optional<Path> scratchFolder,
        boolean foreignSockets,
        int workers) {
    private static final int MAX_WORKERS = 64;

    /// @throws IllegalArgumentException if the number of workers is not 1 to 64
    public BackupOptions {
        disks = List.copyOf(disks);
        if (workers < 1 || workers > MAX_WORKERS) {
            throw new IllegalArgumentException("%d workers".formatted(workers));
        }
    }

    /// All disks, incremental where possible, as fast as it goes.
    public static BackupOptions in(Path stateFolder) {
        return new BackupOptions(
                stateFolder, List.of(), false, false, RateLimit.none(), Optional.empty(), false, defaultWorkers());
    }

    /// Two for each processor, so that requests are in flight while others hash; at least 4, at most 16.
    public static int defaultWorkers() {
        return Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 4, 16);
    }

    /// The same for some disks only.
    public BackupOptions withDisks(List<String> targets) {
        return new BackupOptions(
                stateFolder, targets, full, quiesce, rateLimit, scratchFolder, foreignSockets, workers);
    }

    /// The same, but reading everything or not.
    public BackupOptions withFull(boolean all) {
        return new BackupOptions(stateFolder, disks, all, quiesce, rateLimit, scratchFolder, foreignSockets, workers);
    }

    /// The same with the guest's file systems frozen, or not.
    public BackupOptions withQuiesce(boolean frozen) {
        return new BackupOptions(stateFolder, disks, full, frozen, rateLimit, scratchFolder, foreignSockets, workers);
    }

    /// The same with another limit.
    public BackupOptions withRateLimit(RateLimit limit) {
        return new BackupOptions(stateFolder, disks, full, quiesce, limit, scratchFolder, foreignSockets, workers);
    }

    /// The same with scratch in one folder.
    public BackupOptions withScratchFolder(Optional<Path> folder) {
        return new BackupOptions(stateFolder, disks, full, quiesce, rateLimit, folder, foreignSockets, workers);
    }

    /// The same for a domain whose disks another user serves, or not.
    public BackupOptions withForeignSockets(boolean foreign) {
        return new BackupOptions(stateFolder, disks, full, quiesce, rateLimit, scratchFolder, foreign, workers);
    }

    /// The same with another number of workers.
    public BackupOptions withWorkers(int count) {
        return new BackupOptions(stateFolder, disks, full, quiesce, rateLimit, scratchFolder, foreignSockets, count);
    }
}
