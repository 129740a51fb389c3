package org.virtkeep.qemu.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.StorageKind;

/// One disk of a durable job record. Sizes in bytes.
///
/// @param index       position among the domain's disks, part of the names in QEMU
/// @param node        the disk's format node, which holds its bitmaps
/// @param source      the disk's source, for people
/// @param size        virtual size
/// @param since       the checkpoint it is incremental to
/// @param path        push: the target; pull: the scratch image, or empty text if there is none
///     because nobody writes to the disk
/// @param reused      the caller provides the file or device at `path`; it is never deleted
/// @param made        the file at `path` was made by this job, so a failed or cancelled job deletes it
/// @param fleecing    push only: the scratch image that shields the guest from a slow target
/// @param total       bytes to copy, or that clients can be expected to read
/// @param ended       when its copy was done or failed; for a pull, when the job ended
/// @param fallback    why it is backed up in full although the request was incremental
record DiskRecord(
        String name,
        int index,
        String node,
        String source,
        long size,
        BackupMode mode,
        Optional<String> since,
        String format,
        StorageKind kind,
        String path,
        boolean reused,
        boolean made,
        Optional<String> fleecing,
        long total,
        long processed,
        long tempUsed,
        JobState state,
        Optional<String> error,
        Optional<Instant> ended,
        Optional<String> fallback) {
    private static final Duration MOMENT = Duration.ofSeconds(10);

    DiskRecord withMade() {
        return with(true, total, processed, tempUsed, state, error, ended);
    }

    /// The job's file at `path` has been deleted; what is there from now on is not the job's.
    DiskRecord withoutFile() {
        return with(false, total, processed, tempUsed, state, error, ended);
    }

    DiskRecord withTotal(long newTotal) {
        return with(made, newTotal, processed, tempUsed, state, error, ended);
    }

    DiskRecord withProgress(long newProcessed, long newTempUsed) {
        return with(made, total, newProcessed, newTempUsed, state, error, ended);
    }

    DiskRecord ended(JobState outcome, Optional<String> why, Instant when) {
        return with(made, total, processed, tempUsed, outcome, why, ended.or(() -> Optional.of(when)));
    }

    /// All of it is in the target, which is finished when the job is.
    DiskRecord copied(Instant when) {
        return with(made, total, processed, tempUsed, state, error, ended.or(() -> Optional.of(when)));
    }

    boolean isRunning() {
        return state == JobState.RUNNING;
    }

    /// True if it failed a moment ago, so that whoever has seen it may not have freed the guest yet.
    boolean hasJustFailed() {
        Instant now = Instant.now();
        return state == JobState.FAILED
                && ended.filter(then -> !then.isAfter(now) && then.isAfter(now.minus(MOMENT)))
                        .isPresent();
    }

    /// The same disk with what changes in a job's life.
    private DiskRecord with(
            boolean nowMade,
            long nowTotal,
            long nowProcessed,
            long nowTempUsed,
            JobState nowState,
            Optional<String> nowError,
            Optional<Instant> nowEnded) {
        return new DiskRecord(
                name,
                index,
                node,
                source,
                size,
                mode,
                since,
                format,
                kind,
                path,
                reused,
                nowMade,
                fleecing,
                nowTotal,
                nowProcessed,
                nowTempUsed,
                nowState,
                nowError,
                nowEnded,
                fallback);
    }

    /// True if the disk's old content is kept in a scratch image while the job runs.
    boolean usesScratch(boolean push) {
        return scratchPath(push).isPresent();
    }

    /// The scratch image, if the job keeps one for this disk.
    Optional<String> scratchPath(boolean push) {
        return push ? fleecing : Optional.of(path).filter(scratch -> !scratch.isEmpty());
    }
}
