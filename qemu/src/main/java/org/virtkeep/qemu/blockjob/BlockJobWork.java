package org.virtkeep.qemu.blockjob;

import java.util.Optional;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.Event;
import org.virtkeep.api.Event.BlockJobStatus;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.blockjob.BlockJobRecord.Phase;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.snapshot.MergeDisk;
import org.virtkeep.qemu.snapshot.MergeFailure;
import org.virtkeep.qemu.snapshot.MergeStep;
import org.virtkeep.qemu.snapshot.PivotGuard;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.JobStatus;
import org.virtkeep.qmp.QmpException;

/// Moves a block job on by what can be done now: the same code runs in whoever began it and in whoever opens the
/// domain meanwhile. Every step may be repeated. Confined to one thread.
///
/// Which image is true is on disk before QEMU goes over ([MergeDisk.State]); the guest waits meanwhile, and a
/// [PivotGuard] sees to it that it does not wait longer if we die.
final class BlockJobWork {
    private final DomainSession session;
    private final BlockJobStore store;
    private final PivotGuard.Starter guards;

    BlockJobWork(DomainSession session, PivotGuard.Starter guards) {
        this.session = session;
        this.store = BlockJobStore.of(session);
        this.guards = guards;
    }

    /// @throws VirtException OPERATION_FAILED if QEMU refuses; nothing is left of the job then
    void begin(BlockJobRecord job) {
        store.note(job);
        try {
            if (job.type() == BlockJobType.COPY) {
                new CopyTarget(session, job).open();
            }
            BlockJobStep.of(session, job).start();
            store.note(job.with(Phase.RUNNING));
        } catch (VirtException e) {
            BlockJobStep.of(session, job).cancel();
            BlockJobEnd.of(session, job).undo();
            BlockJobEnd.of(session, job).discard();
            store.remove(job);
            throw e;
        }
    }

    /// Does what can be done now without being asked.
    void carryOn(BlockJobRecord job) {
        try {
            moveOn(job);
        } catch (MergeFailure e) {
            fail(job, e.getMessage());
        } catch (VirtException e) {
            if (!(e.getCause() instanceof QmpException.Refused) || isGoingOver(job)) {
                throw e;
            }
            fail(job, e.getMessage()); // trying again would not help
        }
    }

    /// Lets the disk go over.
    ///
    /// @return false if the guest writes too much for that now; it is tried again
    /// @throws VirtException OPERATION_FAILED with the reason if it could not; the disk is where it was
    boolean pivot(BlockJobRecord job) {
        BlockJobRecord asked = store.note(job.with(Phase.PIVOT));
        try {
            moveOn(asked);
        } catch (MergeFailure e) {
            fail(asked, e.getMessage());
            throw VirtException.qemu(
                    ErrorCode.OPERATION_FAILED,
                    "disk '%s' of domain '%s' stays where it was: %s"
                            .formatted(job.target(), session.name(), e.getMessage()));
        }
        return store.find(job.target()).isEmpty();
    }

    /// For a job that has nothing to do.
    void completeAtOnce(BlockJobRecord job) {
        complete(job);
    }

    /// Ends a job that has not gone over; the disk is where it was.
    ///
    /// @throws VirtException OPERATION_TIMEOUT if QEMU waits for storage; the next sessions find its end
    void cancel(BlockJobRecord job, BlockJobStatus status, Optional<String> why) {
        if (isRunOf(job)) {
            store.note(job.with(Phase.ENDING));
            MergeStep step = BlockJobStep.of(session, job);
            step.cancel();
            if (step.job().isPresent()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_TIMEOUT,
                        "the job of disk '%s' of domain '%s' is being ended, but QEMU still waits for its storage"
                                .formatted(job.target(), session.name()));
            }
        }
        ended(job, status, why);
    }

    private void ended(BlockJobRecord job, BlockJobStatus status, Optional<String> why) {
        if (isRunOf(job)) {
            BlockJobEnd.of(session, job).undo();
        }
        BlockJobEnd.of(session, job).discard();
        tell(job, status, why);
        store.remove(job);
    }

    /// Does not wait for a job that takes its time.
    private void carryOnEnding(BlockJobRecord job, MergeStep step) {
        Optional<JobStatus> status = step.job().map(JobInfo::status);
        if (status.isEmpty() || status.get() == JobStatus.CONCLUDED) {
            cancel(job, BlockJobStatus.CANCELED, Optional.empty());
        }
    }

    private void fail(BlockJobRecord job, String reason) {
        BlockJobRecord now = store.find(job.target()).orElse(job);
        cancel(now, BlockJobStatus.FAILED, Optional.of(reason));
        session.notice("block job (%s) of disk '%s' of domain '%s' failed: %s"
                .formatted(word(job.type()), job.target(), session.name(), reason));
    }

    static String word(BlockJobType type) {
        return type.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    /// As it is noted, which may be further than the caller knows.
    private boolean isGoingOver(BlockJobRecord job) {
        return store.find(job.target())
                .filter(now -> now.disk().state() == MergeDisk.State.PIVOTING)
                .isPresent();
    }

    private boolean isRunOf(BlockJobRecord job) {
        return session.isActive()
                && session.run().filter(run -> run.id() == job.run()).isPresent();
    }

    private void moveOn(BlockJobRecord job) throws MergeFailure {
        if (!isRunOf(job)) {
            afterItsEnd(job);
            return;
        }
        MergeStep step = BlockJobStep.of(session, job);
        switch (job.disk().state()) {
            case COMMITTING -> {
                if (job.phase() == Phase.ENDING) {
                    carryOnEnding(job, step);
                    return;
                }
                requireBegun(job, step);
                if (step.isNearTheEnd()) {
                    nearTheEnd(job, step);
                }
            }
            case PIVOTING -> goOver(job, step);
            case MERGED -> complete(job);
        }
    }

    /// Whoever began a copy may have died before it had its target open.
    private static void requireBegun(BlockJobRecord job, MergeStep step) throws MergeFailure {
        if (job.type() == BlockJobType.COPY
                && job.phase() == Phase.BEGINNING
                && step.job().isEmpty()) {
            throw new MergeFailure("its begin was interrupted");
        }
    }

    private void nearTheEnd(BlockJobRecord job, MergeStep step) throws MergeFailure {
        BlockJobRecord now = job;
        if (job.type().canPivot() && !job.isReady()) {
            tell(job, BlockJobStatus.READY, Optional.empty());
            now = store.note(job.with(Phase.READY));
        }
        if (!now.goesOverByItself()) {
            return;
        }
        try (PivotGuard guard = now.type().canPivot() ? guards.start(session) : PivotGuard.none(session)) {
            if (step.reachTheEnd()) {
                goOver(store.note(now.with(MergeDisk.State.PIVOTING)), step);
                guard.dismiss();
            }
        }
    }

    private void goOver(BlockJobRecord job, MergeStep step) throws MergeFailure {
        try {
            step.pivot();
        } catch (MergeFailure e) {
            store.note(job.with(MergeDisk.State.COMMITTING)); // QEMU lives and has not gone over
            throw e;
        }
        boolean closed = step.closeOverlay();
        if (!closed) {
            session.notice("domain '%s': image '%s' is not part of disk '%s' any more, but somebody has it open in QEMU"
                    .formatted(session.name(), job.disk().top().describe(), job.target()));
        }
        BlockJobEnd.of(session, job).follow(closed);
        complete(store.note(job.with(MergeDisk.State.MERGED)));
    }

    private void complete(BlockJobRecord job) {
        tell(job, BlockJobStatus.COMPLETED, Optional.empty());
        store.remove(job);
    }

    /// Its QEMU is gone: what is recorded decides.
    private void afterItsEnd(BlockJobRecord job) {
        BlockJobEnd end = BlockJobEnd.of(session, job);
        switch (job.disk().state()) {
            case COMMITTING -> lost(job);
            case PIVOTING -> {
                if (end.hasGoneOver()) {
                    end.follow(true);
                    complete(job);
                } else {
                    lost(job);
                }
            }
            case MERGED -> complete(job);
        }
    }

    private void lost(BlockJobRecord job) {
        BlockJobEnd.of(session, job).discard();
        tell(job, BlockJobStatus.FAILED, Optional.of("the domain's QEMU has ended; the disk is as it was"));
        store.remove(job);
    }

    private void tell(BlockJobRecord job, BlockJobStatus status, Optional<String> why) {
        boolean elsewhere = status == BlockJobStatus.COMPLETED && job.disk().active();
        String path = elsewhere ? job.disk().base().describe() : job.path();
        session.emit((sequence, time) ->
                new Event.BlockJob(sequence, time, session.name(), job.type(), 0, job.target(), path, status, why));
    }
}
