package org.virtkeep.qemu.snapshot;

import java.util.List;
import org.virtkeep.qemu.backup.JointCheckpoint;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.BlockNode;

/// Finds out whether the instant of a snapshot was reached, and finishes or undoes it accordingly. Every step
/// may be repeated. Confined to one thread.
final class SnapshotSettling {
    private final DomainSession session;
    private final SnapshotStore store;
    private final OverlayNodes nodes;

    SnapshotSettling(DomainSession session) {
        this.session = session;
        this.store = SnapshotStore.of(session);
        this.nodes = new OverlayNodes(session);
    }

    /// @return true if the snapshot was taken, and is complete now; false if nothing is left of it
    boolean settle(SnapshotCreation creation) {
        if (wasTaken(creation)) {
            complete(creation);
            return true;
        }
        undo(creation);
        return false;
    }

    private boolean wasTaken(SnapshotCreation creation) {
        return switch (creation.phase()) {
            case PREPARING, MADE -> false;
            case INSTANT -> isRunOf(creation) ? isOnOverlays(creation) : isWrittenTo(creation);
            case TAKEN -> true;
        };
    }

    private boolean isRunOf(SnapshotCreation creation) {
        return session.run().filter(run -> run.id() == creation.run()).isPresent() && session.isActive();
    }

    /// QEMU says what its disks write to. The transaction was for all of them or none.
    private boolean isOnOverlays(SnapshotCreation creation) {
        BlockGraph graph = BlockGraph.query(session);
        Overlay first = creation.overlays().getFirst();
        List<String> layers = session.disks().stream()
                .filter(disk -> disk.target().equals(first.target()))
                .flatMap(disk -> graph.chain(disk).layers().stream())
                .map(BlockNode::name)
                .toList();
        return layers.contains(first.node());
    }

    /// Its QEMU is gone. If the guest wrote to an overlay, all of them hold what is true; if it wrote to none,
    /// the images below do, whether it came to the instant or not.
    private static boolean isWrittenTo(SnapshotCreation creation) {
        return creation.overlays().stream().anyMatch(overlay -> !Images.isEmpty(overlay.path()));
    }

    /// The instant has been: everything that follows from it is recorded.
    void complete(SnapshotCreation creation) {
        store.note(creation.with(SnapshotCreation.Phase.TAKEN)); // from now on an overlay may be empty and true
        creation.checkpoint().ifPresent(xml -> JointCheckpoint.record(session, xml));
        for (Overlay overlay : creation.overlays()) {
            session.moveDisk(overlay.target(), overlay.base(), overlay.image(), "qcow2");
        }
        if (creation.metadata()) {
            store.save(creation.snapshot());
            store.setCurrent(creation.snapshot().name());
        }
        store.clearChange();
    }

    private void undo(SnapshotCreation creation) {
        if (isRunOf(creation)) {
            creation.overlays().forEach(nodes::close);
        }
        boolean made = creation.phase() != SnapshotCreation.Phase.PREPARING;
        creation.overlays().forEach(overlay -> nodes.delete(overlay, made));
        store.clearChange();
    }
}
