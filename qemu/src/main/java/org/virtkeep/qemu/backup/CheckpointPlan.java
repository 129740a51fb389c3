package org.virtkeep.qemu.backup;

import java.util.List;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.qmp.AddBitmap;
import org.virtkeep.qmp.TransactionAction;

/// A checkpoint that can be created: its full definition, and the nodes that get a bitmap.
///
/// @param definition as it will be stored
/// @param nodes      active layers of the tracked disks
record CheckpointPlan(CheckpointDefinition definition, List<String> nodes) {
    CheckpointPlan {
        nodes = List.copyOf(nodes);
    }

    String name() {
        return CheckpointStore.name(definition);
    }

    /// What creates it, as part of a transaction.
    List<TransactionAction> actions() {
        return nodes.stream()
                .<TransactionAction>map(node -> AddBitmap.persistent(node, name()))
                .toList();
    }
}
