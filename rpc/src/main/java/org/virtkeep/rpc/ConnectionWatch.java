package org.virtkeep.rpc;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Looks at one connection from time to time, on a thread of its own, and gives it up when the peer does not
/// answer pings, does not take what is sent, or does not finish a packet.
final class ConnectionWatch {
    private static final Duration SHORTEST_TICK = Duration.ofMillis(20);

    private final Pulse pulse;
    private final PacketReader reader;
    private final PacketWriter writer;
    private final Duration stallLimit;
    private final Consumer<IOException> giveUp;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private boolean stopped;

    /// @param stallLimit how long a packet may be on its way, either way, without progress
    /// @param giveUp     called at most once, on the watch's thread
    ConnectionWatch(
            Pulse pulse, PacketReader reader, PacketWriter writer, Duration stallLimit, Consumer<IOException> giveUp) {
        this.pulse = pulse;
        this.reader = reader;
        this.writer = writer;
        this.stallLimit = stallLimit;
        this.giveUp = giveUp;
    }

    /// @param thread makes the thread that watches
    void start(Thread.Builder thread) {
        thread.start(this::run);
    }

    /// Begins to ping.
    void ping(KeepAlive settings) {
        pulse.start(settings, System.nanoTime());
        wake(false);
    }

    void stop() {
        wake(true);
    }

    private void wake(boolean stop) {
        lock.lock();
        try {
            stopped |= stop;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (sleep()) {
                look();
            }
        } catch (IOException e) {
            giveUp.accept(e);
        } catch (InterruptedException e) {
            giveUp.accept(new IOException("the watch was interrupted", e));
        }
    }

    private void look() throws IOException {
        if (writer.stalledFor().compareTo(stallLimit) > 0) {
            throw new IOException("the peer has taken nothing for %s".formatted(stallLimit));
        }
        if (reader.unfinishedFor().compareTo(stallLimit) > 0) {
            throw new IOException("the peer has not finished a packet within %s".formatted(stallLimit));
        }
        switch (pulse.next(System.nanoTime())) {
            case NOTHING -> {}
            case PING -> writer.offer(Pulse.ping());
            case GIVE_UP -> throw new IOException("the peer does not answer keepalive packets");
        }
    }

    /// Divides no [Duration]: that is decimal arithmetic of any length, 20 ms in a JVM that has just started.
    ///
    /// @return false when the watch was stopped
    private boolean sleep() throws InterruptedException {
        long limit = stallLimit.toNanos();
        long tick = pulse.settings()
                        .map(settings -> Math.min(settings.interval().toNanos(), limit))
                        .orElse(limit)
                / 4;
        lock.lock();
        try {
            if (!stopped) {
                changed.await(Math.max(tick, SHORTEST_TICK.toNanos()), TimeUnit.NANOSECONDS);
            }
            return !stopped;
        } finally {
            lock.unlock();
        }
    }
}
