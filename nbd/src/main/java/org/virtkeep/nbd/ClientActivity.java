package org.virtkeep.nbd;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/// How many requests of a client are open, and when it last did something. Thread-safe.
final class ClientActivity {
    /// A client with more open requests is not listened to until some are answered. nbdcopy has 64.
    private static final int OPEN_REQUESTS = 128;

    private final Semaphore room = new Semaphore(OPEN_REQUESTS);
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean ended;

    /// Waits until one more request may be open.
    ///
    /// @return false if the connection has ended
    boolean open() {
        room.acquireUninterruptibly();
        lastNanos = System.nanoTime();
        return !ended;
    }

    void answered() {
        room.release();
    }

    /// Notes that the client has taken a part of a reply.
    void touch() {
        lastNanos = System.nanoTime();
    }

    /// Waits until all requests are answered.
    ///
    /// @return false if the connection ended before
    boolean awaitAllAnswered() {
        room.acquireUninterruptibly(OPEN_REQUESTS);
        return !ended;
    }

    /// Wakes whoever waits.
    void end() {
        ended = true;
        room.release(2 * OPEN_REQUESTS);
    }

    Duration idle() {
        return Duration.ofNanos(System.nanoTime() - lastNanos);
    }
}
