package org.virtkeep.rpc;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The threads of one server's connection: platform threads for the first few connections, since the kernel wakes one
/// that waits for a call directly, and virtual ones for all others, which cost next to nothing while they wait.
/// Thread-safe.
final class ServingThreads implements AutoCloseable {
    /// Each needs some 100 KiB.
    private static final int MOST_WITH_PLATFORM_THREADS = 16;

    private static final Duration KEPT = Duration.ofSeconds(10);

    private static final Semaphore PLACES = new Semaphore(MOST_WITH_PLATFORM_THREADS);
    private static final ExecutorService POOL = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE, // bounded by the connections that have a place, and the calls that each may make at a
            // time
            KEPT.toSeconds(),
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("rpc-", 0).factory());

    private final boolean platform;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ServingThreads(boolean platform) {
        this.platform = platform;
    }

    static ServingThreads forConnection() {
        return new ServingThreads(PLACES.tryAcquire());
    }

    boolean isPlatform() {
        return platform;
    }

    void start(Runnable task) {
        if (platform) {
            POOL.execute(task);
        } else {
            Thread.ofVirtual().name("rpc").start(task);
        }
    }

    /// Leaves the place to another connection. Threads that run go on to their end. Idempotent.
    @Override
    public void close() {
        if (platform && closed.compareAndSet(false, true)) {
            PLACES.release();
        }
    }
}
