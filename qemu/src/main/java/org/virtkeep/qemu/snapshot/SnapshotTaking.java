package org.virtkeep.qemu.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.JointCheckpoint;
import org.virtkeep.qemu.backup.Quiesced;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.AddBitmap;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.TakeSnapshot;
import org.virtkeep.qmp.Transaction;
import org.virtkeep.qmp.TransactionAction;

/// Takes one snapshot: carries a plan out, step by step, each recorded before it is taken. Confined to one
/// thread.
final class SnapshotTaking {
    private final DomainSession session;
    private final SnapshotStore store;
    private final OverlayNodes nodes;
    private final Optional<JointCheckpoint> checkpoint;
    private final boolean quiesce;
    private SnapshotCreation creation;

    SnapshotTaking(
            DomainSession session, SnapshotCreation plan, Optional<JointCheckpoint> checkpoint, boolean quiesce) {
        this.session = session;
        this.store = SnapshotStore.of(session);
        this.nodes = new OverlayNodes(session);
        this.creation = plan;
        this.checkpoint = checkpoint;
        this.quiesce = quiesce;
    }

    /// Does it.
    ///
    /// @throws VirtException what went wrong; nothing has changed then, or the error says that the snapshot
    ///     exists. If that cannot be found out now, the next session does.
    void run() {
        store.note(creation);
        try {
            creation.overlays().forEach(nodes::reserve);
            reached(SnapshotCreation.Phase.MADE);
            creation.overlays().forEach(nodes::open);
            creation.overlays().forEach(nodes::forceName);
            reached(SnapshotCreation.Phase.INSTANT);
            reachTheInstant();
            new SnapshotSettling(session).complete(creation);
        } catch (VirtException e) {
            throw settled(e);
        }
    }

    private void reached(SnapshotCreation.Phase phase) {
        creation = creation.with(phase);
        store.note(creation);
    }

    private VirtException settled(VirtException cause) {
        try {
            return new SnapshotSettling(session).settle(creation) ? exists(cause) : cause;
        } catch (VirtException e) {
            cause.addSuppressed(e); // it is still noted: the next session finds out
            return cause;
        }
    }

    private VirtException exists(VirtException cause) {
        boolean frozen = cause.code() != ErrorCode.AGENT_UNRESPONSIVE;
        return new VirtException(
                cause.code(),
                cause.domain(),
                "snapshot '%s' of domain '%s' exists%s: %s"
                        .formatted(
                                creation.name(),
                                session.name(),
                                frozen ? ", but" : ", but the guest may not have been frozen at its instant",
                                cause.getMessage()),
                cause);
    }

    /// One transaction over all disks, with the guest's file systems frozen around it if that was asked for.
    private void reachTheInstant() {
        var transaction = new Transaction(actions());
        if (quiesce) {
            Quiesced.run(session, () -> session.execute(transaction));
        } else {
            session.execute(transaction);
        }
    }

    private List<TransactionAction> actions() {
        Map<String, Overlay> byBase =
                creation.overlays().stream().collect(Collectors.toMap(Overlay::baseNode, Function.identity()));
        var actions = new ArrayList<TransactionAction>();
        BlockGraph graph = BlockGraph.query(session);
        for (Overlay overlay : creation.overlays()) {
            actions.addAll(continued(graph.node(overlay.baseNode()).orElseThrow(), overlay.node()));
        }
        checkpoint.ifPresent(joint -> actions.addAll(joint.actions(
                node -> Optional.ofNullable(byBase.get(node)).map(Overlay::node).orElse(node))));
        for (Overlay overlay : creation.overlays()) {
            actions.add(new TakeSnapshot(overlay.baseNode(), overlay.node()));
        }
        return actions;
    }

    /// What was recorded below goes on being recorded in the overlay, under the same name. A bitmap that lives
    /// only as long as this QEMU gets one that lives no longer: what one of them knows is worth nothing
    /// without the other.
    private List<TransactionAction> continued(BlockNode base, String overlay) {
        String ours = "vk" + session.root().tag() + "-";
        return base.bitmaps().stream()
                .filter(bitmap -> bitmap.recording() && !bitmap.inconsistent())
                .filter(bitmap ->
                        bitmap.name().filter(name -> !name.startsWith(ours)).isPresent())
                .<TransactionAction>map(bitmap -> (bitmap.persistent()
                                ? AddBitmap.persistent(overlay, bitmap.name().orElseThrow())
                                : AddBitmap.temporary(overlay, bitmap.name().orElseThrow()))
                        .withGranularity(bitmap.granularityBytes()))
                .toList();
    }
}
