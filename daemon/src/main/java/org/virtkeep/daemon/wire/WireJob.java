package org.virtkeep.daemon.wire;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.JobState;
import org.virtkeep.rpc.BackupMessages;

/// A backup job as virtkeep's own program tells it. Stateless.
public final class WireJob {
    private WireJob() {}

    public static BackupMessages.Job of(BackupJob job) {
        return new BackupMessages.Job(
                job.id(),
                job.push(),
                state(job.state()),
                job.error(),
                job.started().toEpochMilli(),
                millis(job.ended()),
                job.elapsed().toMillis(),
                job.checkpoint(),
                job.server(),
                job.clients(),
                job.acknowledged(),
                job.disks().stream().map(WireJob::disk).toList());
    }

    private static BackupMessages.JobDisk disk(BackupJob.Disk disk) {
        return new BackupMessages.JobDisk(
                disk.name(),
                state(disk.state()),
                disk.error(),
                disk.incremental(),
                disk.total(),
                disk.processed(),
                disk.tempUsed(),
                disk.tempTotal(),
                disk.exportName(),
                disk.exportBitmap(),
                disk.format(),
                disk.path(),
                millis(disk.ended()),
                disk.fallback());
    }

    private static BackupMessages.State state(JobState state) {
        return switch (state) {
            case RUNNING -> BackupMessages.State.RUNNING;
            case COMPLETED -> BackupMessages.State.COMPLETED;
            case FAILED -> BackupMessages.State.FAILED;
            case CANCELLED -> BackupMessages.State.CANCELLED;
        };
    }

    private static OptionalLong millis(Optional<Instant> time) {
        return time.isPresent() ? OptionalLong.of(time.get().toEpochMilli()) : OptionalLong.empty();
    }
}
