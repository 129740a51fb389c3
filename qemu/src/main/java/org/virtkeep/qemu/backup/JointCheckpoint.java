package org.virtkeep.qemu.backup;

import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.AddBitmap;
import org.virtkeep.qmp.TransactionAction;

/// A checkpoint that is created at the instant of something else, in its transaction. Immutable.
public final class JointCheckpoint {
    private final CheckpointPlan plan;

    private JointCheckpoint(CheckpointPlan plan) {
        this.plan = plan;
    }

    /// Touches nothing.
    ///
    /// @throws org.virtkeep.model.VirtException what is wrong with it
    public static JointCheckpoint plan(DomainSession session, CheckpointDefinition asked) {
        return new JointCheckpoint(new CheckpointPlanner(session).plan(asked, Instant.now()));
    }

    public String name() {
        return plan.name();
    }

    /// What creates it in QEMU.
    ///
    /// @param active says which node a disk writes to after the instant, by the node it writes to now
    public List<TransactionAction> actions(UnaryOperator<String> active) {
        return plan.nodes().stream()
                .<TransactionAction>map(node -> AddBitmap.persistent(active.apply(node), name()))
                .toList();
    }

    /// The record to be saved once its bitmaps exist.
    public String xml() {
        return CheckpointXml.write(plan.definition());
    }

    /// Records it: from then on it is known. May be repeated.
    ///
    /// @param xml what [#xml()] gave
    public static void record(DomainSession session, String xml) {
        new CheckpointStore(session.folder(), session.root().durable()).create(CheckpointXml.read(xml));
    }

    /// True if there is a checkpoint of that name and it tracks the disk.
    public static boolean tracks(DomainSession session, String checkpoint, String target) {
        return new CheckpointStore(session.folder(), session.root().durable())
                .find(checkpoint).stream()
                        .flatMap(found -> found.disks().stream().flatMap(List::stream))
                        .anyMatch(disk -> disk.tracked() && disk.name().equals(target));
    }
}
