package org.virtkeep.daemon.events;

import java.util.function.IntFunction;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.rpc.EventMessage;
import org.virtkeep.rpc.EventType;

/// One message about an event, for whoever registered for its type.
///
/// @param message makes it for a callback id
record Telling<M extends EventMessage>(EventType<M> type, IntFunction<M> message) {

    /// @return false if nothing is sent to `client` any more
    boolean to(Client client, int callbackId) {
        return client.send(type, message.apply(callbackId));
    }
}
