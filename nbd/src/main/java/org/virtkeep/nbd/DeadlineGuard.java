package org.virtkeep.nbd;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virtkeep.model.Deadline;

/// Does something when a deadline passes, unless closed before; mostly closes a transport, which ends whatever
/// blocks on it. Thread-safe.
final class DeadlineGuard implements AutoCloseable {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /// @param strike runs on a shared timer thread and must not block
    DeadlineGuard(Runnable strike, Deadline deadline) {
        long nanos = deadline.remaining().toNanos();
        ended.orTimeout(nanos, TimeUnit.NANOSECONDS).whenComplete((_, failure) -> {
            if (failure instanceof TimeoutException) {
                strike.run();
            }
        });
    }

    /// Calls the guard off. Without effect when it has already struck.
    @Override
    public void close() {
        ended.complete(null);
    }
}
