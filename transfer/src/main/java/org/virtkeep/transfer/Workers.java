package org.virtkeep.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;

/// Runs the same work on several platform threads, and waits for all of them. The first failure asks the
/// others to stop, and is thrown.
final class Workers {
    private final CancelToken cancel;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private Workers(CancelToken cancel) {
        this.cancel = cancel;
    }

    interface Work {
        void run(Stop stop) throws IOException;
    }

    /// Looked at between two steps of the work.
    interface Stop {
        /// True if another worker has failed.
        ///
        /// @throws java.util.concurrent.CancellationException if the whole was cancelled
        boolean asked();
    }

    static void run(String name, int threads, CancelToken cancel, Work work) throws IOException {
        var workers = new Workers(cancel);
        var started = new ArrayList<Thread>();
        for (int i = 0; i < threads; i++) {
            started.add(Thread.ofPlatform().name(name + "-" + i).daemon().start(() -> workers.attempt(work)));
        }
        started.forEach(Workers::join);
        workers.throwFailure();
    }

    private void attempt(Work work) {
        try {
            work.run(() -> {
                cancel.throwIfCancelled();
                return failure.get() != null;
            });
        } catch (IOException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwFailure() throws IOException {
        switch (failure.get()) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
