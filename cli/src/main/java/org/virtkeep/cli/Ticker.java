package org.virtkeep.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Does something small again and again on a thread of its own, until it is closed.
final class Ticker implements AutoCloseable {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;

    private Ticker(long periodMillis, Runnable action) {
        this.thread = Thread.ofPlatform().name("cli-ticker").daemon().unstarted(() -> tick(periodMillis, action));
    }

    static Ticker every(long periodMillis, Runnable action) {
        var ticker = new Ticker(periodMillis, action);
        ticker.thread.start();
        return ticker;
    }

    private void tick(long periodMillis, Runnable action) {
        try {
            while (!ended.await(periodMillis, TimeUnit.MILLISECONDS)) {
                action.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// When this returns, nothing is being done any more.
    @Override
    public void close() {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
