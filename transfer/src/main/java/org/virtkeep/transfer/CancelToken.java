package org.virtkeep.transfer;

import java.util.concurrent.CancellationException;

/// Asks running work to stop at its next safe point. Never interrupts a thread. Thread-safe.
public final class CancelToken {
    private volatile String reason;

    /// Not cancelled.
    public CancelToken() {}

    /// @param why what the work's error will say; the first reason stays
    public synchronized void cancel(String why) {
        reason = reason == null ? why : reason;
    }

    public boolean isCancelled() {
        return reason != null;
    }

    /// @throws CancellationException if it was cancelled, with the reason
    public void throwIfCancelled() {
        String why = reason;
        if (why != null) {
            throw new CancellationException(why);
        }
    }
}
