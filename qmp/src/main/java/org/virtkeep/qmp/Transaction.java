package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// `transaction` (qapi/transaction.json, since 1.1): all actions take effect at one point in time, or none
/// does.
///
/// Jobs that it starts end each on their own. QEMU's other way, `completion-mode: grouped`, is left out on
/// purpose: it refuses bitmap actions, and QEMU 7.2 hangs for ever when an action fails after two backups in
/// it. Start the jobs without auto-finalize instead, and finalize or cancel all of them.
///
/// @param actions at least one; a later one sees what an earlier one did
public record Transaction(List<TransactionAction> actions) implements QmpAction {

    public Transaction {
        actions = List.copyOf(actions);
        if (actions.isEmpty()) {
            throw new IllegalArgumentException("transaction without actions");
        }
    }

    @Override
    public String name() {
        return "transaction";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode arguments = Json.object();
        arguments.set(
                "actions", Json.array(actions.stream().map(Transaction::encode).toList()));
        return arguments;
    }

    private static ObjectNode encode(TransactionAction action) {
        ObjectNode encoded = Json.object("type", action.name());
        encoded.set("data", action.arguments());
        return encoded;
    }
}
