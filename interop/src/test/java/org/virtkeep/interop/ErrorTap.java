package org.virtkeep.interop;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// A unix socket that passes everything on to a daemon and back, and reads from the daemon's replies which error was
/// the last: virsh does not print codes. Not made with our own RPC, which it checks.
final class ErrorTap implements Closeable {
    private static final int HEADER_BYTES = 28;
    private static final int REPLY = 1;
    private static final int ERROR = 1;

    private final ServerSocketChannel listener;
    private final Path socket;
    private final Path daemon;
    private final AtomicReference<Optional<Code>> last = new AtomicReference<>(Optional.empty());

    /// What a `remote_error` begins with.
    record Code(int code, int domain) {}

    private ErrorTap(ServerSocketChannel listener, Path socket, Path daemon) {
        this.listener = listener;
        this.socket = socket;
        this.daemon = daemon;
    }

    static ErrorTap open(Path socket, Path daemon) {
        try {
            var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket));
            var tap = new ErrorTap(listener, socket, daemon);
            Thread.ofVirtual().start(tap::accept);
            return tap;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path socket() {
        return socket;
    }

    /// The last error since this was called before.
    Optional<Code> take() {
        return last.getAndSet(Optional.empty());
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = listener.accept();
                SocketChannel server = SocketChannel.open(UnixDomainSocketAddress.of(daemon));
                Thread.ofVirtual().start(() -> forward(client, server));
                Thread.ofVirtual().start(() -> read(server, client));
            }
        } catch (IOException _) {
            // closed, with the test
        }
    }

    private static void forward(SocketChannel from, SocketChannel to) {
        try (from;
                to;
                InputStream in = Channels.newInputStream(from);
                OutputStream out = Channels.newOutputStream(to)) {
            in.transferTo(out);
        } catch (IOException _) {
            // one of them has gone
        }
    }

    private void read(SocketChannel from, SocketChannel to) {
        try (from;
                to;
                var in = new DataInputStream(Channels.newInputStream(from));
                var out = new DataOutputStream(Channels.newOutputStream(to))) {
            while (true) {
                int length = in.readInt();
                byte[] packet = new byte[length];
                ByteBuffer words = ByteBuffer.wrap(packet).putInt(length);
                in.readFully(packet, Integer.BYTES, length - Integer.BYTES);
                if (length >= HEADER_BYTES + 2 * Integer.BYTES
                        && words.getInt(16) == REPLY
                        && words.getInt(24) == ERROR) {
                    last.set(Optional.of(new Code(words.getInt(HEADER_BYTES), words.getInt(HEADER_BYTES + 4))));
                }
                out.write(packet);
            }
        } catch (IOException _) {
            // one of them has gone
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
