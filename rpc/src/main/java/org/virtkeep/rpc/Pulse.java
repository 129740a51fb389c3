package org.virtkeep.rpc;

import java.util.Optional;

/// What is known about the peer's life, and what to do next about it. Times are [System#nanoTime()].
/// Thread-safe.
final class Pulse {

    /// What the watch does now.
    enum Action {
        NOTHING,
        PING,
        GIVE_UP
    }

    private static final int PROGRAM = 0x6b656570;
    private static final int VERSION = 1;
    private static final int PING = 1;
    private static final int PONG = 2;

    // Guarded by this.
    private Optional<KeepAlive> keepAlive = Optional.empty();
    private long heardNanos;
    private long pingedNanos;
    private int unanswered;

    Pulse(long nowNanos) {
        heardNanos = nowNanos;
        pingedNanos = nowNanos;
    }

    /// Begins to ping. Before, the peer may be silent for ever.
    synchronized void start(KeepAlive settings, long nowNanos) {
        keepAlive = Optional.of(settings);
        heardNanos = nowNanos;
        pingedNanos = nowNanos;
        unanswered = 0;
    }

    /// Anything at all came from the peer.
    synchronized void heard(long nowNanos) {
        heardNanos = nowNanos;
        unanswered = 0;
    }

    synchronized Action next(long nowNanos) {
        if (keepAlive.isEmpty()) {
            return Action.NOTHING;
        }
        long interval = keepAlive.get().interval().toNanos();
        long since = unanswered == 0 ? heardNanos : pingedNanos;
        if (nowNanos - since < interval) {
            return Action.NOTHING;
        }
        if (unanswered >= keepAlive.get().count()) {
            return Action.GIVE_UP;
        }
        unanswered++;
        pingedNanos = nowNanos;
        return Action.PING;
    }

    synchronized Optional<KeepAlive> settings() {
        return keepAlive;
    }

    /// The packet that [Action#PING] asks for.
    static byte[] ping() {
        return packet(PING);
    }

    static boolean isKeepAlive(MessageHeader header) {
        return header.program() == PROGRAM && header.version() == VERSION && header.type() == MessageType.MESSAGE;
    }

    /// The answer to a keepalive packet; empty if it needs none.
    static Optional<byte[]> answer(MessageHeader header) {
        return header.procedure() == PING ? Optional.of(packet(PONG)) : Optional.empty();
    }

    private static byte[] packet(int procedure) {
        return new MessageHeader(PROGRAM, VERSION, procedure, MessageType.MESSAGE, 0, MessageHeader.OK).emptyPacket();
    }
}
