package org.virtkeep.qemu.blockjob;

import java.util.Optional;
import java.util.regex.Matcher;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BlockCommit;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockPull;
import org.virtkeep.api.DiskJob;
import org.virtkeep.api.Event.BlockJobStatus;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.snapshot.SnapshotContents;
import org.virtkeep.qmp.QueryBlockJobs;
import org.virtkeep.qmp.SetJobSpeed;
import org.virtkeep.qmp.SetWriteThreshold;

/// The calls of [org.virtkeep.api.BlockJobOperations], on an open session. Thread-safe across domains.
public final class BlockJobs {
    private final BackupOperations backups;

    public BlockJobs(BackupOperations backups) {
        this.backups = backups;
    }

    public void commit(DomainSession session, String disk, BlockCommit asked) {
        String target = free(session, disk);
        work(session).begin(new CommitPlanner(session, target, asked).plan());
    }

    public void pull(DomainSession session, String disk, BlockPull asked) {
        String target = free(session, disk);
        var planner = new PullPlanner(session, target, asked);
        BlockJobRecord job = planner.plan();
        if (planner.hasNothingToPull()) {
            work(session).completeAtOnce(job);
        } else {
            work(session).begin(job);
        }
    }

    public void copy(DomainSession session, String disk, BlockCopy asked) {
        String target = free(session, disk);
        work(session).begin(new CopyPlanner(session, target, asked).plan());
    }

    private static BlockJobWork work(DomainSession session) {
        return new BlockJobWork(session, GuardProcess::start);
    }

    /// The target of a disk that is named by its target or its image.
    ///
    /// @throws VirtException OPERATION_INVALID if the domain does not run, INVALID_ARG if there is no such disk
    private static String target(DomainSession session, String disk) {
        if (!session.isActive()) {
            throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "domain is not running");
        }
        return session.definition().disks().stream()
                .filter(each -> each.target().equals(disk)
                        || each.source()
                                .filter(it -> it.describe().equals(disk))
                                .isPresent())
                .findFirst()
                .map(DomainDisk::target)
                .orElseThrow(() -> ImageLayers.refusal("disk '%s' not found in domain".formatted(disk)));
    }

    /// The same of a disk that nothing works on.
    private String free(DomainSession session, String disk) {
        String target = target(session, disk);
        SnapshotContents.requireNoChange(session);
        BlockJobStore.requireNone(session, target);
        backups.jobs(session).stream()
                .filter(job -> !job.state().hasEnded()
                        && job.disks().stream().map(BackupJob.Disk::name).anyMatch(target::equals))
                .findFirst()
                .ifPresent(job -> {
                    throw VirtException.qemu(
                            ErrorCode.OPERATION_UNSUPPORTED,
                            "disk '%s' already in active block job: backup job %d of domain '%s' copies it; wait for that job's end, or end it (backup-end --id %d)"
                                    .formatted(target, job.id(), session.name(), job.id()));
                });
        return target;
    }

    private static BlockJobRecord require(DomainSession session, String target) {
        return BlockJobStore.of(session)
                .find(target)
                .orElseThrow(() -> ImageLayers.refusal("disk %s does not have an active block job".formatted(target)));
    }

    public Optional<DiskJob> job(DomainSession session, String disk) {
        Optional<BlockJobRecord> job = BlockJobStore.of(session).find(target(session, disk));
        return job.map(record -> session.execute(new QueryBlockJobs()).stream()
                .filter(now -> now.id().equals(record.target()))
                .findFirst()
                .map(now -> new DiskJob(
                        record.type(),
                        now.speedBytesPerSecond(),
                        now.offsetBytes(),
                        now.lengthBytes(),
                        record.isReady()))
                .orElse(new DiskJob(record.type(), record.asked().bytesPerSecond(), 0, 0, false)));
    }

    /// Ends a job without going over.
    public void abort(DomainSession session, String disk) {
        BlockJobRecord job = require(session, target(session, disk));
        work(session).cancel(job, BlockJobStatus.CANCELED, Optional.empty());
    }

    /// Lets a disk go over.
    ///
    /// @return false if the guest writes too much for that now; every opening of the domain tries again
    public boolean pivot(DomainSession session, String disk) {
        BlockJobRecord job = require(session, target(session, disk));
        if (!job.type().canPivot()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID,
                    "job type '%s' does not support pivot".formatted(BlockJobWork.word(job.type())));
        }
        if (!job.isReady()) {
            throw VirtException.qemu(
                    ErrorCode.BLOCK_COPY_ACTIVE, "block job '%s' not ready for pivot yet".formatted(job.target()));
        }
        return work(session).pivot(job);
    }

    public void setSpeed(DomainSession session, String disk, long bytesPerSecond) {
        BlockJobRecord job = require(session, target(session, disk));
        session.execute(new SetJobSpeed(job.target(), bytesPerSecond));
    }

    /// @param device a disk's target, or an image of its chain as `vda[1]`
    public void setThreshold(DomainSession session, String device, long bytes) {
        Matcher index = ImageLayers.INDEX.matcher(device);
        String disk = index.matches() ? index.group(1) : device;
        session.requireActive(ErrorCode.OPERATION_INVALID);
        if (session.definition().disk(disk).isEmpty()) {
            throw unknown(device);
        }
        ImageLayers layers = ImageLayers.of(session, disk);
        int place = index.matches() ? Integer.parseInt(index.group(2)) : 0;
        if (place >= layers.size()) {
            throw unknown(device);
        }
        String storage = layers.graph().storage(layers.node(place)).getFirst();
        session.execute(new SetWriteThreshold(storage, bytes));
    }

    private static VirtException unknown(String device) {
        return ImageLayers.refusal("failed to find disk '%s'".formatted(device));
    }
}
