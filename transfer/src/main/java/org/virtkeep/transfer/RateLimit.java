package org.virtkeep.transfer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Slows readers down to a number of bytes per second, all who share it together. Thread-safe.
///
/// Time that nobody used is not saved up beyond a tenth of a second, so that no burst follows a pause.
public final class RateLimit {
    private static final long SAVED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final RateLimit NONE = new RateLimit(Long.MAX_VALUE);

    private final long bytesPerSecond;
    private long nextNanos = System.nanoTime(); // guarded by this: when what was taken so far is paid for

    private RateLimit(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /// As fast as it goes.
    public static RateLimit none() {
        return NONE;
    }

    /// @throws IllegalArgumentException if the rate is not positive
    public static RateLimit of(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("a rate of %d bytes per second".formatted(bytesPerSecond));
        }
        return new RateLimit(bytesPerSecond);
    }

    /// Waits until `bytes` more may be read, or the token is cancelled.
    ///
    /// @throws java.util.concurrent.CancellationException if it is
    void take(long bytes, CancelToken cancel) {
        if (this == NONE) {
            return;
        }
        long until = reserve(bytes);
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            cancel.throwIfCancelled();
            LockSupport.parkNanos(this, Math.min(left, SAVED_NANOS));
        }
    }

    private synchronized long reserve(long bytes) {
        long now = System.nanoTime();
        long start = Math.max(nextNanos, now - SAVED_NANOS);
        nextNanos = start + (long) (bytes * 1e9 / bytesPerSecond);
        return start;
    }
}
