package org.virtkeep.transfer;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// Work that another thread does meanwhile. Whoever starts it waits for its end, in any case: it is
/// confined to one thread, but for the work.
final class Meanwhile implements AutoCloseable {
    private final FutureTask<Void> task;

    private Meanwhile(FutureTask<Void> task) {
        this.task = task;
    }

    interface Work {
        void run() throws IOException;
    }

    static Meanwhile start(String name, Work work) {
        var task = new FutureTask<Void>(() -> {
            work.run();
            return null;
        });
        Thread.ofPlatform().name(name).daemon().start(task);
        return new Meanwhile(task);
    }

    /// Waits for the end, and throws what the work has thrown.
    void await() throws IOException {
        awaitEnd();
        if (task.state() == Future.State.FAILED) {
            fail(task.exceptionNow());
        }
    }

    private static void fail(Throwable thrown) throws IOException {
        switch (thrown) {
            case IOException cause -> throw cause;
            case RuntimeException cause -> throw cause;
            case Error cause -> throw cause;
            case Throwable cause -> throw new IllegalStateException(cause);
        }
    }

    /// Also when interrupted.
    private void awaitEnd() {
        boolean interrupted = false;
        while (!task.isDone()) {
            try {
                task.get();
            } catch (InterruptedException _) {
                interrupted = true;
            } catch (ExecutionException _) {
                break; // await() tells
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the end. What the work has thrown is of no interest to who does not await it.
    @Override
    public void close() {
        awaitEnd();
    }
}
