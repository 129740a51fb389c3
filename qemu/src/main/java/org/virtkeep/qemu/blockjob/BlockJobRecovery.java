package org.virtkeep.qemu.blockjob;

import java.util.Optional;
import org.virtkeep.api.Event.BlockJobStatus;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.snapshot.PivotGuard;

/// Carries on with a domain's block jobs. Immutable and thread-safe.
public final class BlockJobRecovery implements JobRecovery {
    private final PivotGuard.Starter guards;

    /// For all but guards.
    public BlockJobRecovery() {
        this(GuardProcess::start);
    }

    BlockJobRecovery(PivotGuard.Starter guards) {
        this.guards = guards;
    }

    @Override
    public void recover(DomainSession session) {
        var work = new BlockJobWork(session, guards);
        Optional<VirtException> failure = Optional.empty();
        for (BlockJobRecord job : BlockJobStore.of(session).all()) {
            try {
                work.carryOn(job);
            } catch (VirtException e) {
                failure.ifPresent(e::addSuppressed);
                failure = Optional.of(e); // the other disks' jobs go on all the same
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    @Override
    public boolean isSettled(DomainSession session) {
        return BlockJobStore.of(session).all().isEmpty();
    }

    @Override
    public void beforeStop(DomainSession session, String why) {
        recover(session);
        var work = new BlockJobWork(session, guards);
        BlockJobStore.of(session).all().forEach(job -> work.cancel(job, BlockJobStatus.CANCELED, Optional.of(why)));
    }
}
