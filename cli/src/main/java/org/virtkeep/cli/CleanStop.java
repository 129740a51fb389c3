package org.virtkeep.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.virtkeep.transfer.CancelToken;

/// Lets work that holds something of a domain's let go of it when this process is told to end (SIGINT,
/// SIGTERM, SIGHUP): the process ends when the work has, or after a while in any case.
final class CleanStop implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    private CleanStop(Consumer<String> cancel) {
        this.hook = Thread.ofPlatform().name("cli-clean-stop").unstarted(() -> {
            cancel.accept("interrupted");
            awaitEnd();
        });
    }

    /// From now on until it is closed.
    static CleanStop on(CancelToken cancel) {
        return on(cancel::cancel);
    }

    /// @param cancel is given the reason, on a thread of its own
    static CleanStop on(Consumer<String> cancel) {
        var stop = new CleanStop(cancel);
        Runtime.getRuntime().addShutdownHook(stop.hook);
        return stop;
    }

    private void awaitEnd() {
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("the backup does not stop; the next one will clean up after it");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process is ending, and has waited for this
        }
    }
}
