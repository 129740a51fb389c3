package org.virtkeep.rpc;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// The bytes below a connection: a unix socket, a TLS socket, the standard streams of an `ssh` process.
///
/// One thread reads and one writes, at the same time; any thread may close.
public interface RpcTransport extends Closeable {

    /// Waits for bytes and takes at least one.
    ///
    /// @return how many, or -1 when the peer has closed its side
    int read(ByteBuffer into) throws IOException;

    /// Writes all that remains, waiting as long as the peer does not take it.
    void write(ByteBuffer from) throws IOException;

    /// Ends reads and writes that are waiting, with an exception. Idempotent.
    @Override
    void close() throws IOException;

    /// Owns `channel`, which is connected and in blocking mode.
    static RpcTransport of(SocketChannel channel) {
        return new ChannelTransport(channel);
    }

    /// @param owner what is closed to close both streams: it must end reads and writes that are waiting
    static RpcTransport of(InputStream in, OutputStream out, Closeable owner) {
        return new StreamTransport(in, out, owner);
    }
}
