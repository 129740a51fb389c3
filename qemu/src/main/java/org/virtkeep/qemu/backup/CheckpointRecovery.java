package org.virtkeep.qemu.backup;

import java.util.List;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.QmpException;

/// Carries on where a checkpoint's creation or deletion was interrupted. Stateless.
///
/// What the images hold can only be changed while they are open, so of a domain that is shut off,
/// the change stays noted until it runs, or until an operation opens its images ([ShutOffDisks]).
final class CheckpointRecovery {
    private CheckpointRecovery() {}

    static void run(DomainSession session) {
        run(session, session.isActive());
    }

    /// The same when all disks of a domain that is shut off are open.
    static void runOnOpenImages(DomainSession session) {
        run(session, true);
    }

    private static void run(DomainSession session, boolean open) {
        var store = new CheckpointStore(session.folder(), session.root().durable());
        store.change().ifPresent(change -> {
            switch (change.kind()) {
                case CREATE -> undoCreation(session, store, change, open);
                case DELETE -> finishDeletion(session, store, change, open);
            }
        });
    }

    private static void undoCreation(
            DomainSession session, CheckpointStore store, CheckpointChange change, boolean open) {
        String name = change.names().getFirst();
        boolean known = store.find(name).isPresent();
        new CheckpointRemoval(session).undoCreation(name);
        if (open) {
            store.clearChange();
        }
        if (known) {
            session.notice("checkpoint '%s' of domain '%s': its creation was interrupted, and has been undone"
                    .formatted(name, session.name()));
        }
    }

    private static void finishDeletion(
            DomainSession session, CheckpointStore store, CheckpointChange change, boolean open) {
        if (change.bitmaps() && !open) {
            return;
        }
        List<CheckpointDefinition> left = change.names().stream()
                .flatMap(name -> store.find(name).stream())
                .toList();
        String what = "deletion of %s of domain '%s' was interrupted".formatted(describe(change), session.name());
        try {
            if (!left.isEmpty()) {
                new CheckpointRemoval(session).remove(left, !change.bitmaps());
                session.notice(what + ", and has been finished");
            }
            store.clearDeletion();
        } catch (VirtException e) {
            if (!wasRefused(e)) {
                throw e;
            }
            store.clearChange();
            session.notice("%s, and cannot be finished: %s".formatted(what, e.getMessage()));
        }
    }

    private static String describe(CheckpointChange change) {
        return (change.names().size() == 1 ? "checkpoint '" : "checkpoints '") + String.join("', '", change.names())
                + "'";
    }

    /// True if nothing has happened in QEMU, and trying again would not help.
    static boolean wasRefused(VirtException failure) {
        return switch (failure.getCause()) {
            case null -> true;
            case QmpException.Refused _ -> true;
            default -> false;
        };
    }
}
