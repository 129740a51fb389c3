package org.virtkeep.nbd;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;

/// Runs tasks one at a time on its own thread, in an order that a seed decides. `close()` runs what is left.
final class ShuffledExecutor implements Executor, AutoCloseable {
    private final SplittableRandom random;
    private final Thread thread = Thread.ofPlatform().name("shuffled").daemon().unstarted(this::runAll);
    // Guarded by this.
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean closed;

    ShuffledExecutor(long seed) {
        random = new SplittableRandom(seed);
        thread.start();
    }

    @Override
    public synchronized void execute(Runnable task) {
        waiting.add(task);
        notifyAll();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void runAll() {
        for (var task = next(); task != null; task = next()) {
            task.run();
        }
    }

    private synchronized Runnable next() {
        try {
            while (waiting.isEmpty() && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return waiting.isEmpty() ? null : waiting.remove(random.nextInt(waiting.size()));
    }
}
