package org.virtkeep.nbd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A stream of bytes to and from one peer. Blocks; reading and writing may happen on two threads, and
/// [#close()] on a third, which ends both with an exception. TLS is another implementation of this.
interface Transport extends Closeable {
    /// Reads some bytes into the buffers, in order.
    ///
    /// @return how many, at least 1 unless the buffers are full; -1 at the end of the stream
    long read(ByteBuffer[] into) throws IOException;

    /// Writes some bytes of `count` buffers from index `first`, in order.
    long write(ByteBuffer[] from, int first, int count) throws IOException;

    /// Never waits for the peer. Idempotent.
    @Override
    void close();

    /// For messages: `unix:/run/x.sock` or `192.0.2.1:10809`.
    @Override
    String toString();

    /// Writes all of `from`.
    default void writeFully(ByteBuffer... from) throws IOException {
        int first = 0;
        while (first < from.length) {
            if (from[first].hasRemaining()) {
                write(from, first, from.length - first);
            } else {
                first++;
            }
        }
    }

    /// Fills `into`.
    ///
    /// @throws NbdException.Disconnected if the stream ends before
    default void readFully(ByteBuffer into) throws IOException {
        ByteBuffer[] one = {into};
        while (into.hasRemaining()) {
            if (read(one) < 0) {
                throw new NbdException.Disconnected(this + " closed the connection", null);
            }
        }
    }
}
