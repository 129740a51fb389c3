package org.virtkeep.qemu.snapshot;

import java.util.Optional;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Durable;

/// Carries on with the change of a domain's snapshots that was interrupted or goes on by itself. Immutable and
/// thread-safe.
public final class SnapshotRecovery implements JobRecovery {
    private final PivotGuard.Starter guards;

    public SnapshotRecovery(PivotGuard.Starter guards) {
        this.guards = guards;
    }

    /// True while a change of a domain's snapshots is noted.
    public static boolean isChanging(DomainFolder folder, Durable durable) {
        return new SnapshotStore(folder, durable).change().isPresent();
    }

    @Override
    public void recover(DomainSession session) {
        Optional<SnapshotChange> change = SnapshotStore.of(session).change();
        change.ifPresent(found -> {
            switch (found) {
                case SnapshotCreation creation -> settle(session, creation);
                case SnapshotDeletion deletion -> new Merging(session, guards).carryOn(deletion);
                case SnapshotRevert revert -> new Reverting(session).settle(revert);
            }
        });
    }

    @Override
    public boolean isSettled(DomainSession session) {
        return SnapshotStore.of(session).change().isEmpty();
    }

    /// Whoever takes a snapshot holds the domain's lock until it is taken. We hold it now.
    private static void settle(DomainSession session, SnapshotCreation creation) {
        boolean taken = new SnapshotSettling(session).settle(creation);
        session.notice("snapshot '%s' of domain '%s': its creation was interrupted, and has been %s"
                .formatted(creation.name(), session.name(), taken ? "finished" : "undone"));
    }

    @Override
    public void beforeStop(DomainSession session, String why) {
        SnapshotStore.of(session).change().ifPresent(change -> {
            if (change instanceof SnapshotDeletion deletion) {
                new Merging(session, guards).abort(deletion, why);
            }
        });
    }
}
