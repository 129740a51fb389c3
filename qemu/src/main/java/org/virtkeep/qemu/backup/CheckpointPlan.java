package org.virtkeep.qemu.backup;

import java.util.List;
import java.util.Set;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.qmp.AddBitmap;
import org.virtkeep.qmp.TransactionAction;

/// A checkpoint that can be created: its full definition, and the nodes that get a bitmap.
///
/// @param definition as it will be stored
/// @param nodes      active layers of the tracked disks
/// @param transients those of them whose images cannot hold bitmaps: theirs live as long as this QEMU
record CheckpointPlan(CheckpointDefinition definition, List<String> nodes, Set<String> transients) {
    CheckpointPlan {
        nodes = List.copyOf(nodes);
        transients = Set.copyOf(transients);
    }

    String name() {
        return CheckpointStore.name(definition);
    }

    /// What creates it, as part of a transaction.
    List<TransactionAction> actions() {
        return nodes.stream()
                .<TransactionAction>map(node -> transients.contains(node)
                        ? AddBitmap.temporary(node, name())
                        : AddBitmap.persistent(node, name()))
                .toList();
    }
}
