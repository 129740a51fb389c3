package org.virtkeep.qmp;

import java.util.concurrent.atomic.AtomicReference;

/// Work on another thread whose failure the test sees.
final class Background {

    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread;

    private Background(Work work) {
        this.thread = Thread.ofVirtual().unstarted(() -> {
            try {
                work.run();
            } catch (Exception | Error e) {
                failure.set(e);
            }
        });
    }

    static Background run(Work work) {
        var background = new Background(work);
        background.thread.start();
        return background;
    }

    void interrupt() {
        thread.interrupt();
    }

    /// Waits for the end, and fails if the work failed.
    void join() throws InterruptedException {
        Throwable thrown = failure();
        if (thrown != null) {
            throw new AssertionError("work on another thread failed", thrown);
        }
    }

    /// Waits for the end.
    ///
    /// @return what the work threw, or null
    Throwable failure() throws InterruptedException {
        thread.join();
        return failure.get();
    }
}
