package org.virtkeep.rpc;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Looks at one connection from time to time, and gives it up when the peer does not answer pings, does not take what
/// is sent, or does not finish a packet. Thread-safe; [Watches] calls it.
final class ConnectionWatch {
    private static final Duration SHORTEST_TICK = Duration.ofMillis(20);

    private final Pulse pulse;
    private final PacketReader reader;
    private final PacketWriter writer;
    private final Duration stallLimit;
    private final Consumer<IOException> giveUp;
    private final AtomicBoolean gaveUp = new AtomicBoolean();
    private volatile boolean stopped;

    /// @param stallLimit how long a packet may be on its way, either way, without progress
    /// @param giveUp     called at most once, on a thread of its own
    ConnectionWatch(
            Pulse pulse, PacketReader reader, PacketWriter writer, Duration stallLimit, Consumer<IOException> giveUp) {
        this.pulse = pulse;
        this.reader = reader;
        this.writer = writer;
        this.stallLimit = stallLimit;
        this.giveUp = giveUp;
    }

    void start() {
        Watches.SHARED.add(this);
        if (stopped) { // meanwhile
            Watches.SHARED.remove(this);
        }
    }

    /// Begins to ping.
    void ping(KeepAlive settings) {
        pulse.start(settings, System.nanoTime());
        Watches.SHARED.sooner(this);
    }

    void stop() {
        stopped = true;
        Watches.SHARED.remove(this);
    }

    /// How long it may be until the next look. Divides no [Duration]: that is decimal arithmetic of any length,
    /// 24 ms in a JVM that has just started.
    Duration tick() {
        long limit = stallLimit.toNanos();
        long tick = pulse.settings()
                        .map(settings -> Math.min(settings.interval().toNanos(), limit))
                        .orElse(limit)
                / 4;
        return Duration.ofNanos(Math.max(tick, SHORTEST_TICK.toNanos()));
    }

    /// Does not wait for the peer.
    void look() {
        try {
            examine();
        } catch (IOException e) {
            stop();
            if (gaveUp.compareAndSet(false, true)) {
                Thread.ofVirtual().name("rpc-give-up").start(() -> giveUp.accept(e));
            }
        }
    }

    private void examine() throws IOException {
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
}
