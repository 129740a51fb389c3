package org.virtkeep.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.NbdAddress;

/// A backup job as it stands now: state, statistics and results, whole and per disk.
///
/// @param id           positive, unique over the domain's lifetime
/// @param push         true if QEMU writes the files; false if the disks are served over NBD
/// @param error        why it failed or was cancelled
/// @param elapsed      from begin until now or until the end
/// @param checkpoint   the checkpoint created at the same instant
/// @param server       pull: where clients connect, with the real port
/// @param clients      pull: how many are connected now
/// @param acknowledged true once `backupEnd` has been called for it
public record BackupJob(
        int id,
        boolean push,
        JobState state,
        Optional<String> error,
        Instant started,
        Optional<Instant> ended,
        Duration elapsed,
        Optional<String> checkpoint,
        Optional<NbdAddress> server,
        OptionalInt clients,
        boolean acknowledged,
        List<Disk> disks) {

    public BackupJob {
        disks = List.copyOf(disks);
    }

    /// One disk of a job. Sizes in bytes.
    ///
    /// @param mode        what it was backed up as
    /// @param incremental the checkpoint it is incremental to
    /// @param total       push: to copy; pull: what the disk's clients can be expected to read (for an
    ///     incremental, the changed bytes)
    /// @param processed   push: copied; pull: served to clients, which may exceed the total
    /// @param tempUsed    pull and fleeced push: bytes in the scratch image
    /// @param tempTotal   pull and fleeced push: the most that scratch can need
    /// @param exportName  pull: the NBD export
    /// @param exportBitmap pull: NAME of its context `qemu:dirty-bitmap:NAME`
    /// @param path        push: the target; pull: the scratch image
    /// @param ended       when its copy was done or failed; for a pull, when the job ended
    /// @param fallback    why it is backed up in full although the request was incremental
    public record Disk(
            String name,
            JobState state,
            Optional<String> error,
            BackupMode mode,
            Optional<String> incremental,
            long total,
            long processed,
            long tempUsed,
            long tempTotal,
            Optional<String> exportName,
            Optional<String> exportBitmap,
            Optional<String> format,
            Optional<String> path,
            Optional<Instant> ended,
            Optional<String> fallback) {}

    /// How long a disk took, or takes until now.
    public Duration elapsed(Disk disk) {
        return disk.ended().map(end -> Duration.between(started, end)).orElse(elapsed);
    }

    /// Sum over the disks, in bytes.
    public long total() {
        return disks.stream().mapToLong(Disk::total).sum();
    }

    public long processed() {
        return disks.stream().mapToLong(Disk::processed).sum();
    }

    public long tempUsed() {
        return disks.stream().mapToLong(Disk::tempUsed).sum();
    }

    public long tempTotal() {
        return disks.stream().mapToLong(Disk::tempTotal).sum();
    }
}
