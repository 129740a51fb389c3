package org.virtkeep.nbd;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.virtkeep.model.Deadline;

/// Waits for some calls to end. Thread-safe.
final class CallJoin implements Completion {
    private final CountDownLatch open;
    private final AtomicReference<NbdException> firstFailure = new AtomicReference<>();

    CallJoin(int calls) {
        this.open = new CountDownLatch(calls);
    }

    @Override
    public void done(Optional<NbdException> failure) {
        failure.ifPresent(cause -> firstFailure.compareAndSet(null, cause));
        open.countDown();
    }

    /// @return false if the deadline passed, or this thread was interrupted, before all had ended
    boolean await(Deadline deadline) {
        try {
            return open.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Waits without limit; only for calls that are certain to end, because their connection was closed.
    void awaitEnd() {
        boolean interrupted = Thread.interrupted();
        while (open.getCount() > 0) {
            try {
                open.await();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void throwFailure() throws NbdException {
        if (firstFailure.get() != null) {
            throw firstFailure.get();
        }
    }
}
