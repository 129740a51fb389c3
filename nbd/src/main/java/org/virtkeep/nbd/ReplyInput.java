package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads replies from a server: headers and small payloads through a small buffer, large ones straight into the
/// caller's memory. Confined to one thread.
final class ReplyInput {
    private static final int BUFFER_BYTES = 4096;

    private final Transport transport;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();

    ReplyInput(Transport transport) {
        this.transport = transport;
    }

    /// Waits until `bytes` (at most 4096) have come, and returns a buffer with at least these; the caller takes
    /// exactly `bytes` from it.
    ByteBuffer need(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            buffer.compact();
            ByteBuffer[] into = {buffer};
            while (buffer.position() < bytes) {
                read(into);
            }
            buffer.flip();
        }
        return buffer;
    }

    /// Reads a payload that the caller has found to be within its limit.
    ByteBuffer payload(int bytes) throws IOException {
        ByteBuffer copy = ByteBuffer.allocate(bytes);
        fill(new ByteBuffer[] {copy});
        return copy.flip();
    }

    /// Fills all of `into`. What comes behind in the same moment is kept, which saves a system call per reply.
    void fill(ByteBuffer[] into) throws IOException {
        for (ByteBuffer target : into) {
            drain(target);
        }
        var both = new ByteBuffer[into.length + 1];
        System.arraycopy(into, 0, both, 0, into.length);
        both[into.length] = buffer;
        ByteBuffer last = into[into.length - 1];
        if (last.hasRemaining()) {
            buffer.clear(); // drained: the targets took all of it
            while (last.hasRemaining()) {
                read(both);
            }
            buffer.flip();
        }
    }

    private void drain(ByteBuffer target) {
        int count = Math.min(buffer.remaining(), target.remaining());
        target.put(buffer.slice(buffer.position(), count));
        buffer.position(buffer.position() + count);
    }

    private void read(ByteBuffer[] into) throws IOException {
        if (transport.read(into) < 0) {
            throw new NbdException.Disconnected(transport + " closed the connection", null);
        }
    }
}
