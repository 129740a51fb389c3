package org.virtkeep.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/// How fast a number of bytes grows, over the last ten seconds.
final class TransferRate {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(long nanoTime, long bytes) {}

    /// @param nanoTime from the monotonic clock, never less than before
    void add(long nanoTime, long bytes) {
        samples.addLast(new Sample(nanoTime, bytes));
        while (nanoTime - samples.getFirst().nanoTime() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /// Empty until two moments are known.
    OptionalDouble bytesPerSecond() {
        if (samples.size() < 2) {
            return OptionalDouble.empty();
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        double seconds = (last.nanoTime() - first.nanoTime()) / 1e9;
        return seconds > 0
                ? OptionalDouble.of(Math.max(0, last.bytes() - first.bytes()) / seconds)
                : OptionalDouble.empty();
    }
}
