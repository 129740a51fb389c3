package org.virtkeep.qmp;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virtkeep.model.Deadline;

/// Waits that end by their deadline only. An interrupt is kept for the caller to see afterwards.
final class Waiting {

    private Waiting() {}

    /// @param future one that is only ever completed with a value
    /// @return empty if `deadline` passed first
    static <T> Optional<T> forResult(CompletableFuture<T> future, Deadline deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return Optional.of(future.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS));
                } catch (InterruptedException _) {
                    interrupted = true;
                } catch (TimeoutException _) {
                    return Optional.empty();
                } catch (ExecutionException e) {
                    throw new IllegalStateException("the future was completed with a failure", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
