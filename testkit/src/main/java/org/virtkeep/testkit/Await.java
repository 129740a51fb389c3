package org.virtkeep.testkit;

import java.time.Duration;

/// Waits for something that another process brings about, by asking again and again; never longer than a limit.
public final class Await {

    private static final long PAUSE_MILLIS = 5;

    private Await() {}

    /// A question that may fail.
    @FunctionalInterface
    public interface Condition<E extends Exception> {
        boolean holds() throws E;
    }

    /// Returns as soon as `condition` holds. Throws [AssertionError] naming `what` when it did not hold within
    /// `limit`; the condition is asked at least once, and once more after the limit.
    public static <E extends Exception> void until(String what, Duration limit, Condition<E> condition) throws E {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("waited " + limit.toMillis() + " ms in vain for: " + what);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }
}
