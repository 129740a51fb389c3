package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads what a client sends, many small messages with one system call. Confined to one thread.
final class RequestInput {
    private static final int BUFFER_BYTES = 16 << 10;

    private final Transport transport;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
    private final ByteBuffer[] into = {buffer};

    RequestInput(Transport transport) {
        this.transport = transport;
    }

    /// Waits until `bytes` (at most 16 KiB) have come, and returns a buffer with at least these; the caller takes
    /// exactly `bytes` from it.
    ///
    /// @throws NbdException.Disconnected if the client closes the connection before
    ByteBuffer need(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            buffer.compact();
            while (buffer.position() < bytes) {
                read();
            }
            buffer.flip();
        }
        return buffer;
    }

    /// Reads a message that the caller has found to be within its limit.
    ByteBuffer take(int bytes) throws IOException {
        ByteBuffer copy = ByteBuffer.allocate(bytes);
        while (copy.hasRemaining()) {
            ByteBuffer some = need(1);
            int count = Math.min(some.remaining(), copy.remaining());
            copy.put(some.slice(some.position(), count));
            some.position(some.position() + count);
        }
        return copy.flip();
    }

    /// Fills `into`.
    void fill(ByteBuffer into) throws IOException {
        int count = Math.min(buffer.remaining(), into.remaining());
        into.put(buffer.slice(buffer.position(), count));
        buffer.position(buffer.position() + count);
        transport.readFully(into);
    }

    /// Whether nothing has come that was not taken.
    boolean isEmpty() {
        return !buffer.hasRemaining();
    }

    /// Reads `bytes` and forgets them.
    void skip(long bytes) throws IOException {
        for (long left = bytes; left > 0; ) {
            ByteBuffer some = need(1);
            int count = (int) Math.min(some.remaining(), left);
            some.position(some.position() + count);
            left -= count;
        }
    }

    private void read() throws IOException {
        if (transport.read(into) < 0) {
            throw new NbdException.Disconnected(transport + " closed the connection", null);
        }
    }
}
