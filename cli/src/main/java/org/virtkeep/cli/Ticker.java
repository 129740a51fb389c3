package org.virtkeep.cli;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Does something again and again, in a thread of its own, until it is closed.
final class Ticker implements AutoCloseable {
    private static final long TICK_MILLIS = 300;

    private final ScheduledExecutorService thread;

    private Ticker(ScheduledExecutorService thread) {
        this.thread = thread;
    }

    static Ticker start(Runnable work) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("cli-ticker").daemon().factory());
        thread.scheduleWithFixedDelay(work, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        return new Ticker(thread);
    }

    /// Waits for a run that is under way.
    @Override
    public void close() {
        thread.close();
    }
}
