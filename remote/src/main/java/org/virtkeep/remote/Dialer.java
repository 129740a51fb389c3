package org.virtkeep.remote;

import java.io.IOException;
import org.virtkeep.model.Deadline;
import org.virtkeep.rpc.RpcClient;

/// Makes connections to one daemon. Thread-safe.
interface Dialer {

    /// Connects; nothing is said yet. The caller owns the client.
    ///
    /// @throws IOException if nobody answers there, or the other side is not who it should be; the message names it
    RpcClient dial(Deadline deadline) throws IOException;
}
