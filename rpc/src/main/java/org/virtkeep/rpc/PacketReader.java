package org.virtkeep.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.virtkeep.model.Deadline;

/// Cuts the bytes of a connection into packets. Confined to the connection's reader thread, except
/// [#unfinishedFor()].
///
/// A packet's memory grows with the bytes that really arrive, whatever length it announces, and so does
/// its share of the common memory.
final class PacketReader {
    private static final int BUFFER_BYTES = 8 * 1024;
    private static final int FIRST_BYTES = 64 * 1024;
    private static final Duration BUDGET_WAIT = Duration.ofSeconds(10);

    private final RpcTransport transport;
    private final ByteBudget budget;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private volatile int maximumBytes;

    /// [System#nanoTime()] of the first byte of a packet that has not arrived whole; 0 between packets.
    private volatile long unfinishedSince;

    /// @param maximumBytes the longest packet accepted, with its length word
    PacketReader(RpcTransport transport, int maximumBytes, ByteBudget budget) {
        this.transport = transport;
        this.maximumBytes = maximumBytes;
        this.budget = budget;
    }

    void allow(int maximumBytes) {
        this.maximumBytes = maximumBytes;
    }

    /// Waits for the next packet.
    ///
    /// @return the packet, which the caller gives to [#release] when its bytes are no longer needed, or
    ///     empty if the peer closed the connection between two packets
    /// @throws IOException if the peer announces a length that no packet may have, closes in the middle
    ///     of a packet, or there is no memory for it; then this reader cannot go on
    Optional<Packet> next() throws IOException {
        if (!buffer.hasRemaining() && !fill()) {
            return Optional.empty();
        }
        unfinishedSince = System.nanoTime() | 1; // never 0
        int length = length();
        Packet packet = Packet.of(body(length));
        unfinishedSince = 0;
        return Optional.of(packet);
    }

    /// Gives a packet's share of the common memory back. Any thread.
    void release(Packet packet) {
        budget.giveBack(packet.bytes().length);
    }

    /// Skips bytes that belong to no packet.
    void skip(int count) throws IOException {
        byte[] ignored = new byte[count];
        readFully(ignored, 0, count);
    }

    /// How long the packet that is being read has been on its way; zero between packets. Any thread.
    Duration unfinishedFor() {
        long since = unfinishedSince;
        return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
    }

    private int length() throws IOException {
        byte[] word = new byte[Integer.BYTES];
        readFully(word, 0, word.length);
        int length = ByteBuffer.wrap(word).getInt();
        if (length < MessageHeader.BYTES || length > maximumBytes) {
            throw new XdrException(
                    0,
                    "packet of %s bytes, %d to %d are allowed here"
                            .formatted(Integer.toUnsignedString(length), MessageHeader.BYTES, maximumBytes));
        }
        return length;
    }

    private byte[] body(int length) throws IOException {
        if (!budget.canHold(length)) {
            throw noMemory(length);
        }
        byte[] packet = new byte[Math.min(length, FIRST_BYTES)];
        ByteBuffer.wrap(packet).putInt(length);
        int filled = Integer.BYTES;
        try {
            while (filled < length) {
                if (filled == packet.length) {
                    int larger = (int) Math.min(length, 2L * packet.length);
                    reserve(packet.length, larger);
                    packet = Arrays.copyOf(packet, larger);
                }
                readFully(packet, filled, packet.length);
                filled = packet.length;
            }
            return packet;
        } catch (IOException e) {
            budget.giveBack(packet.length);
            throw e;
        }
    }

    private void reserve(int from, int to) throws IOException {
        try {
            if (!budget.grow(from, to, Deadline.in(BUDGET_WAIT))) {
                throw noMemory(to);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for memory", e);
        }
    }

    private static IOException noMemory(int bytes) {
        return new IOException("no memory for a packet of %d bytes".formatted(bytes));
    }

    private void readFully(byte[] into, int from, int to) throws IOException {
        var target = ByteBuffer.wrap(into, from, to - from);
        while (target.hasRemaining()) {
            if (!buffer.hasRemaining() && !fill()) {
                throw new IOException("the peer closed the connection in the middle of a packet");
            }
            int count = Math.min(target.remaining(), buffer.remaining());
            target.put(buffer.slice().limit(count));
            buffer.position(buffer.position() + count);
        }
    }

    private boolean fill() throws IOException {
        buffer.clear();
        int count;
        try {
            count = transport.read(buffer);
        } finally {
            buffer.flip();
        }
        return count > 0;
    }
}
