package org.virtkeep.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.Event;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.BackupMessages;
import org.virtkeep.rpc.RecordMessages;
import org.virtkeep.rpc.VirtkeepMessages;

/// What our own program says, as the API says it.
final class FromWire {
    private FromWire() {}

    static BackupJob job(BackupMessages.Job job) {
        return new BackupJob(
                job.id(),
                job.push(),
                state(job.state()),
                job.error(),
                Instant.ofEpochMilli(job.startedMillis()),
                instant(job.endedMillis()),
                Duration.ofMillis(job.elapsedMillis()),
                job.checkpoint(),
                job.server(),
                job.clients(),
                job.acknowledged(),
                job.disks().stream().map(FromWire::disk).toList());
    }

    static BackupUpstream.Disk upstream(BackupMessages.UpstreamDisk disk) {
        return new BackupUpstream.Disk(
                disk.name(),
                Path.of(disk.socket()),
                disk.export(),
                disk.live().flatMap(live -> disk.scratch().map(scratch -> new BackupUpstream.Fleecing(live, scratch))));
    }

    private static BackupJob.Disk disk(BackupMessages.JobDisk disk) {
        return new BackupJob.Disk(
                disk.name(),
                state(disk.state()),
                disk.error(),
                disk.incremental().isPresent() ? BackupMode.INCREMENTAL : BackupMode.FULL,
                disk.incremental(),
                disk.total(),
                disk.processed(),
                disk.tempUsed(),
                disk.tempTotal(),
                disk.exportName(),
                disk.exportBitmap(),
                disk.format(),
                disk.path(),
                instant(disk.endedMillis()),
                disk.fallback());
    }

    private static Optional<Instant> instant(OptionalLong millis) {
        return millis.isPresent() ? Optional.of(Instant.ofEpochMilli(millis.getAsLong())) : Optional.empty();
    }

    private static JobState state(BackupMessages.State state) {
        return switch (state) {
            case RUNNING -> JobState.RUNNING;
            case COMPLETED -> JobState.COMPLETED;
            case FAILED -> JobState.FAILED;
            case CANCELLED -> JobState.CANCELLED;
        };
    }

    /// @throws VirtException RPC for a number that no enumeration has: the daemon is newer than this client
    static Event event(RecordMessages.Event event) {
        Instant time = Instant.ofEpochMilli(event.timeMillis());
        long sequence = event.sequence();
        String domain = event.domain();
        return switch (event.what()) {
            case RecordMessages.What.Lifecycle(int type, String detail) ->
                new Event.Lifecycle(sequence, time, domain, lifecycle(type), detail);
            case RecordMessages.What.BlockJob job ->
                new Event.BlockJob(
                        sequence,
                        time,
                        domain,
                        blockJobType(job.type()),
                        job.jobId(),
                        job.disk(),
                        job.path(),
                        blockJob(job.status()),
                        job.error());
            case RecordMessages.What.JobCompleted(BackupMessages.Job job) ->
                new Event.JobCompleted(sequence, time, domain, job(job));
            case RecordMessages.What.Lost() -> new Event.EventsLost(sequence, time);
            case RecordMessages.What.Threshold(String device, String path, long threshold, long excess) ->
                new Event.GuestNotice(
                        sequence, time, domain, new Event.Notice.ThresholdExceeded(device, path, threshold, excess));
            case RecordMessages.What.Notice notice -> new Event.GuestNotice(sequence, time, domain, notice(notice));
        };
    }

    private static Event.Notice notice(RecordMessages.What.Notice notice) {
        return switch (notice.notice()) {
            case 1 -> new Event.Notice.Rebooted();
            case 2 -> new Event.Notice.AgentChanged(notice.flags() == 1);
            case 3 -> new Event.Notice.DeviceAdded(notice.device());
            case 4 -> new Event.Notice.DeviceRemoved(notice.device());
            case 5 -> new Event.Notice.TrayMoved(notice.device(), notice.flags() == 1);
            case 6 ->
                new Event.Notice.IoError(
                        notice.device(), notice.path(), (notice.flags() & 1) != 0, (notice.flags() & 2) != 0);
            default ->
                throw new VirtException(
                        ErrorCode.RPC,
                        ErrorDomain.RPC,
                        "the daemon sent the unknown number %d for a notice".formatted(notice.notice()));
        };
    }

    private static Event.LifecycleType lifecycle(int number) {
        return find(Event.LifecycleType.values(), type -> type.wireValue() == number, "lifecycle event", number);
    }

    private static Event.BlockJobStatus blockJob(int number) {
        return find(Event.BlockJobStatus.values(), status -> status.wireValue() == number, "block job", number);
    }

    private static BlockJobType blockJobType(int number) {
        return find(BlockJobType.values(), type -> type.wireValue() == number, "kind of block job", number);
    }

    private static <T> T find(T[] values, Predicate<T> condition, String what, int number) {
        return Arrays.stream(values)
                .filter(condition)
                .findFirst()
                .orElseThrow(() -> new VirtException(
                        ErrorCode.RPC,
                        ErrorDomain.RPC,
                        "the daemon sent the unknown number %d for a %s".formatted(number, what)));
    }

    static CheckpointHealth health(VirtkeepMessages.NamedHealth health) {
        return new CheckpointHealth(
                health.name(),
                health.known(),
                health.disks().stream()
                        .map(disk -> new CheckpointHealth.Disk(disk.disk(), state(disk.health()), disk.reason()))
                        .toList());
    }

    private static CheckpointHealth.State state(VirtkeepMessages.Health health) {
        return switch (health) {
            case OK -> CheckpointHealth.State.OK;
            case MISSING -> CheckpointHealth.State.MISSING;
            case INCONSISTENT -> CheckpointHealth.State.INCONSISTENT;
            case GAP -> CheckpointHealth.State.GAP;
            case NOT_RECORDING -> CheckpointHealth.State.NOT_RECORDING;
            case RESIZED -> CheckpointHealth.State.RESIZED;
            case UNKNOWN -> CheckpointHealth.State.UNKNOWN;
        };
    }

    static CheckpointRepair repair(VirtkeepMessages.Repair repair) {
        return new CheckpointRepair(repair.steps().stream().map(FromWire::step).toList(), repair.dryRun());
    }

    private static CheckpointRepair.Step step(VirtkeepMessages.RepairStep step) {
        CheckpointRepair.Action action = switch (step.action()) {
            case 1 -> CheckpointRepair.Action.DISK_LOST;
            case 2 -> CheckpointRepair.Action.BITMAPS_REMOVED;
            case 3 -> CheckpointRepair.Action.CHECKPOINT_DROPPED;
            case 4 -> CheckpointRepair.Action.CHECKPOINT_IMPORTED;
            case 5 -> CheckpointRepair.Action.LEFT;
            default ->
                throw new VirtException(
                        ErrorCode.RPC,
                        ErrorDomain.RPC,
                        "the daemon sent the unknown number %d for a repair".formatted(step.action()));
        };
        return new CheckpointRepair.Step(step.checkpoint(), step.disk(), action, step.detail());
    }
}
