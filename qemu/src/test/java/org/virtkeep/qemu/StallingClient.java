package org.virtkeep.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// An NBD client that asks for everything and takes nothing: it chooses an export and sends reads, as many as the
/// server lets it, and never reads a byte of a reply.
final class StallingClient implements AutoCloseable {
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int FIXED_NEWSTYLE_NO_ZEROES = 3;
    private static final int OPTION_EXPORT_NAME = 1;
    private static final int GREETING_BYTES = 18;
    private static final int EXPORT_BYTES = 10;
    private static final int READS = 512;
    private static final int READ_BYTES = 1 << 20;

    private final SocketChannel socket;

    private StallingClient(SocketChannel socket) {
        this.socket = socket;
    }

    /// Connects, and returns when the server has taken or refused to take so many reads that their replies, 512 MiB,
    /// cannot be underway.
    static StallingClient connect(Path path, String export) {
        try {
            var client = new StallingClient(SocketChannel.open(UnixDomainSocketAddress.of(path)));
            client.choose(export);
            client.ask();
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void choose(String export) throws IOException {
        receive(GREETING_BYTES);
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        var option = ByteBuffer.allocate(4 + 16 + name.length)
                .putInt(FIXED_NEWSTYLE_NO_ZEROES)
                .putLong(OPTION_MAGIC)
                .putInt(OPTION_EXPORT_NAME)
                .putInt(name.length)
                .put(name)
                .flip();
        socket.write(option);
        receive(EXPORT_BYTES);
    }

    private void ask() throws IOException {
        var requests = ByteBuffer.allocate(READS * 28);
        for (int i = 0; i < READS; i++) {
            requests.putInt(REQUEST_MAGIC).putInt(0).putLong(i).putLong((long) (i % 32) * READ_BYTES);
            requests.putInt(READ_BYTES);
        }
        requests.flip();
        socket.configureBlocking(false);
        socket.write(requests); // what does not fit now would not fit later either
    }

    private void receive(int bytes) throws IOException {
        var buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (socket.read(buffer) < 0) {
                throw new IOException("the server hung up");
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
