package org.virtkeep.daemon.procedures;

import org.virtkeep.daemon.server.Client;
import org.virtkeep.rpc.RpcDispatcher;

/// The procedures of one topic.
@FunctionalInterface
interface ProcedureGroup {

    /// Adds a handler for each of them.
    void addTo(RpcDispatcher.Builder<Client> builder);
}
