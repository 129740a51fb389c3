package org.virtkeep.qmp;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.virtkeep.model.Deadline;

/// One command on its way, and the place its answer comes to. Thread-safe.
final class PendingCall {
    private final long id;
    private final byte[] line;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();

    /// @param line the whole command with its line end; not changed any more
    PendingCall(long id, byte[] line) {
        this.id = id;
        this.line = line;
    }

    long id() {
        return id;
    }

    byte[] line() {
        return line;
    }

    /// The first answer wins.
    void complete(Reply answer) {
        reply.complete(answer);
    }

    /// Waits for the answer, however often the thread is interrupted.
    Optional<Reply> await(Deadline deadline) {
        return Waiting.forResult(reply, deadline);
    }
}
