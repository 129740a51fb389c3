package org.virtkeep.qemu.snapshot;

import java.util.Optional;
import org.virtkeep.api.Snapshot.Progress;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.QmpException;

/// Deletes a snapshot by merging its overlays: moves every disk on by what can be done now. The same code runs
/// in whoever asked for it and in whoever opens the domain meanwhile. Every step may be repeated. Confined to
/// one thread.
///
/// Which of two images is true is always on disk before QEMU goes over from one to the other
/// ([MergeDisk.State]): the block job is held at its very end, where nothing is in flight and both images read
/// the same, until that is recorded. The guest's requests wait meanwhile; a [PivotGuard] sees to it that they do
/// not wait longer if we die.
final class Merging {
    private final DomainSession session;
    private final SnapshotStore store;
    private final PivotGuard.Starter guards;

    Merging(DomainSession session, PivotGuard.Starter guards) {
        this.session = session;
        this.guards = guards;
        this.store = SnapshotStore.of(session);
    }

    /// Begins it.
    ///
    /// @throws VirtException OPERATION_FAILED if QEMU refuses; no data has been touched then
    void begin(SnapshotDeletion deletion) {
        store.note(deletion);
        remember(deletion, Memory.of(store.require(deletion.name())).withMerging());
        try {
            deletion.disks().forEach(disk -> new MergeStep(session, disk).start());
        } catch (VirtException e) {
            giveUp(deletion, e.getMessage());
            throw e;
        }
    }

    private void remember(SnapshotDeletion deletion, Memory memory) {
        store.find(deletion.name()).ifPresent(snapshot -> store.save(memory.keptIn(snapshot)));
    }

    /// Moves it on.
    void carryOn(SnapshotDeletion deletion) {
        SnapshotDeletion now = deletion;
        try {
            for (MergeDisk disk : deletion.disks()) {
                now = isRunOf(deletion) ? moveOn(now, disk) : afterItsEnd(now, disk);
            }
        } catch (MergeFailure e) {
            fail(now, e.getMessage());
            return;
        } catch (VirtException e) {
            if (!(e.getCause() instanceof QmpException.Refused) || isGoingOver()) {
                throw e;
            }
            fail(now, e.getMessage()); // trying again would not help, and nothing can be done with the domain meanwhile
            return;
        }
        if (now.disks().stream().allMatch(disk -> disk.state() == MergeDisk.State.MERGED)) {
            store.find(now.name()).ifPresent(store::remove);
            store.clearChange();
        }
    }

    private void fail(SnapshotDeletion deletion, String reason) {
        giveUp(deletion, reason);
        session.notice(
                "snapshot '%s' of domain '%s' was not deleted: %s".formatted(deletion.name(), session.name(), reason));
    }

    /// As it is noted, which may be further than the caller knows.
    private boolean isGoingOver() {
        return store.change()
                .filter(change -> change instanceof SnapshotDeletion deletion
                        && deletion.disks().stream().anyMatch(disk -> disk.state() == MergeDisk.State.PIVOTING))
                .isPresent();
    }

    private boolean isRunOf(SnapshotDeletion deletion) {
        return session.isActive()
                && session.run().filter(run -> run.id() == deletion.run()).isPresent();
    }

    private SnapshotDeletion moveOn(SnapshotDeletion deletion, MergeDisk disk) throws MergeFailure {
        var step = new MergeStep(session, disk);
        return switch (disk.state()) {
            case COMMITTING -> step.isNearTheEnd() ? goOver(deletion, step, disk) : deletion;
            case PIVOTING -> pivot(deletion, step, disk);
            case MERGED -> deletion;
        };
    }

    private SnapshotDeletion goOver(SnapshotDeletion deletion, MergeStep step, MergeDisk disk) throws MergeFailure {
        try (PivotGuard guard = disk.active() ? guards.start(session) : PivotGuard.none(session)) {
            if (!step.reachTheEnd()) {
                return deletion; // the guard tries again
            }
            SnapshotDeletion decided = noted(deletion, disk.with(MergeDisk.State.PIVOTING));
            SnapshotDeletion done = pivot(decided, step, disk);
            guard.dismiss();
            return done;
        }
    }

    private SnapshotDeletion pivot(SnapshotDeletion deletion, MergeStep step, MergeDisk disk) throws MergeFailure {
        try {
            step.pivot();
        } catch (MergeFailure e) {
            noted(deletion, disk.with(MergeDisk.State.COMMITTING)); // QEMU lives and has not gone over
            throw e;
        }
        boolean closed = step.closeOverlay();
        if (!closed) {
            session.notice("domain '%s': overlay '%s' is merged, but somebody has it open in QEMU; delete it later"
                    .formatted(session.name(), disk.top().describe()));
        }
        return cleanUp(deletion, disk, closed);
    }

    /// Its QEMU is gone: what is recorded decides.
    private SnapshotDeletion afterItsEnd(SnapshotDeletion deletion, MergeDisk disk) throws MergeFailure {
        return switch (disk.state()) {
            case COMMITTING ->
                throw new MergeFailure(
                        "its QEMU ended while disk '%s' was merged; the disk is as it was".formatted(disk.target()));
            case PIVOTING -> {
                if (!disk.active() && new OfflineChain(session).contains(disk)) {
                    throw new MergeFailure("its QEMU ended while disk '%s' was merged; the disk is as it was"
                            .formatted(disk.target()));
                }
                yield cleanUp(deletion, disk, true);
            }
            case MERGED -> deletion;
        };
    }

    /// The overlay is not needed any more: records follow, and its file goes unless it is still open.
    private SnapshotDeletion cleanUp(SnapshotDeletion deletion, MergeDisk disk, boolean closed) {
        session.moveDisk(disk.target(), disk.top(), disk.base(), disk.baseFormat());
        store.all().stream()
                .filter(other -> !other.name().equals(Optional.of(deletion.name())))
                .forEach(other -> {
                    var moved = RecordedDisks.moved(other, disk.target(), disk.top(), disk.base(), disk.baseFormat());
                    if (!moved.equals(other)) {
                        store.save(moved);
                    }
                });
        store.find(deletion.name()).ifPresent(snapshot -> store.save(RecordedDisks.without(snapshot, disk.target())));
        if (closed) {
            new OfflineChain(session).delete(disk);
        }
        return noted(deletion, disk.with(MergeDisk.State.MERGED));
    }

    private SnapshotDeletion noted(SnapshotDeletion deletion, MergeDisk disk) {
        SnapshotDeletion changed = deletion.with(disk);
        store.note(changed);
        return changed;
    }

    /// Ends the block jobs, and leaves the chain as it is.
    private void giveUp(SnapshotDeletion deletion, String reason) {
        if (isRunOf(deletion)) {
            deletion.disks().stream()
                    .filter(disk -> disk.state() == MergeDisk.State.COMMITTING)
                    .forEach(disk -> new MergeStep(session, disk).cancel());
        }
        store.find(deletion.name())
                .ifPresent(snapshot -> remember(deletion, Memory.of(snapshot).withFailure(reason)));
        store.clearChange();
    }

    /// The domain's QEMU is about to be ended.
    void abort(SnapshotDeletion deletion, String why) {
        carryOn(deletion);
        store.change().ifPresent(still -> {
            if (still instanceof SnapshotDeletion rest) {
                giveUp(rest, why);
            }
        });
    }

    /// How far it is; both numbers are 0 while QEMU does not know.
    Progress progress(SnapshotDeletion deletion) {
        long done = 0;
        long all = 0;
        for (MergeDisk disk : deletion.disks()) {
            Optional<JobInfo> job = new MergeStep(session, disk).job();
            done += job.map(JobInfo::currentProgress).orElse(0L);
            all += job.map(JobInfo::totalProgress).orElse(0L);
        }
        return new Progress(deletion.name(), done, all);
    }
}
