package org.virtkeep.qemu;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.virtkeep.api.BlockCommit;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockJobOperations;
import org.virtkeep.api.BlockPull;
import org.virtkeep.api.DiskJob;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.blockjob.BlockJobs;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;

/// The part of [EmbeddedDomain] that works on the images of its disks. Immutable.
abstract sealed class EmbeddedBlockJobs extends EmbeddedGuest implements BlockJobOperations permits EmbeddedDomain {
    /// For a job to catch up with what the guest writes.
    private static final Duration PIVOT_LIMIT = Duration.ofSeconds(60);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private final Sessions sessions;
    private final String name;
    private final BlockJobs jobs;

    EmbeddedBlockJobs(Sessions sessions, JobServices services, String name) {
        super(sessions, name);
        this.sessions = sessions;
        this.name = name;
        this.jobs = new BlockJobs(services.backups());
    }

    @Override
    public void blockCommit(String disk, BlockCommit commit) {
        try (DomainSession session = sessions.open(name, "blockcommit")) {
            jobs.commit(session, disk, commit);
        }
    }

    @Override
    public void blockPull(String disk, BlockPull pull) {
        try (DomainSession session = sessions.open(name, "blockpull")) {
            jobs.pull(session, disk, pull);
        }
    }

    @Override
    public void blockCopy(String disk, BlockCopy copy) {
        try (DomainSession session = sessions.open(name, "blockcopy")) {
            jobs.copy(session, disk, copy);
        }
    }

    @Override
    public Optional<DiskJob> blockJob(String disk) {
        try (DomainSession session = sessions.open(name, "blockjob")) {
            return jobs.job(session, disk);
        }
    }

    @Override
    public void blockJobAbort(String disk, Set<BlockJobEnd> flags) {
        try (DomainSession session = sessions.open(name, "blockjob")) {
            if (!flags.contains(BlockJobEnd.PIVOT)) {
                jobs.abort(session, disk);
                return;
            }
            if (jobs.pivot(session, disk)) {
                return;
            }
        }
        if (!flags.contains(BlockJobEnd.ASYNC)) {
            awaitPivot(disk);
        }
    }

    /// Opening the domain is what tries again.
    private void awaitPivot(String disk) {
        var deadline = Deadline.in(PIVOT_LIMIT);
        while (blockJob(disk).isPresent()) {
            if (deadline.hasPassed()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_TIMEOUT,
                        "disk '%s' of domain '%s' has not gone over within %d s, because its guest writes faster than the job can follow; it is tried again, or end the job (blockjob --abort)"
                                .formatted(disk, name, PIVOT_LIMIT.toSeconds()));
            }
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        }
    }

    @Override
    public void setBlockJobSpeed(String disk, long bytesPerSecond) {
        try (DomainSession session = sessions.open(name, "blockjob")) {
            jobs.setSpeed(session, disk, bytesPerSecond);
        }
    }

    @Override
    public void setBlockThreshold(String device, long bytes) {
        try (DomainSession session = sessions.open(name, "domblkthreshold")) {
            jobs.setThreshold(session, device, bytes);
        }
    }
}
