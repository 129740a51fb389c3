package org.virtkeep.nbd;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// One block status asked of the device for a client, with the memory for the reply.
final class StatusPiece {
    private final ClientQueue client;
    private final ReplyMemory memory;
    private final StatusRequest request;
    private final StatusCall call;

    /// @param memory one page
    /// @param ended  called when the call has ended
    StatusPiece(
            ClientQueue client,
            StatusRequest request,
            List<ContextName> contexts,
            ReplyMemory memory,
            BiConsumer<StatusPiece, Optional<NbdException>> ended) {
        this.client = client;
        this.memory = memory;
        this.request = request;
        this.call = new StatusCall(request.range(), contexts, failure -> ended.accept(this, failure));
    }

    ClientQueue client() {
        return client;
    }

    ReplyMemory memory() {
        return memory;
    }

    StatusRequest request() {
        return request;
    }

    StatusCall call() {
        return call;
    }
}
