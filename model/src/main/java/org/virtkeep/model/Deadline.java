package org.virtkeep.model;

import java.time.Duration;

/// The moment after which a wait is given up. Made once at the edge of a call and passed down, so that a call
/// of many steps has one limit. Immutable; measured on the monotonic clock.
public record Deadline(long nanoTime, Duration limit) {

    /// A deadline that passes `limit` from now.
    public static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos(), limit);
    }

    public static Deadline inMillis(long millis) {
        return in(Duration.ofMillis(millis));
    }

    /// What is left; zero when the deadline has passed, never negative.
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    public boolean hasPassed() {
        return nanoTime - System.nanoTime() <= 0;
    }

    /// The earlier of this deadline and one that passes `limit` from now.
    public Deadline atMost(Duration limit) {
        Deadline other = in(limit);
        return other.nanoTime - nanoTime < 0 ? other : this;
    }
}
