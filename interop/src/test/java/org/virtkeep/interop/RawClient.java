package org.virtkeep.interop;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A socket to a daemon in the hands of a test, which may send whatever it likes.
final class RawClient implements AutoCloseable {
    static final int LIBVIRT = 0x20008086;
    static final int QEMU = 0x20008087;
    private static final int AUTH_LIST = 66;
    private static final int OPEN = 1;
    private static final int HEADER_BYTES = 28;
    private static final int PACKET_LIMIT = 33_554_436;

    private final SocketChannel channel;
    private int serial;

    private RawClient(SocketChannel channel) {
        this.channel = channel;
    }

    /// What a reply says.
    ///
    /// @param error libvirt's code, 0 for success
    record Reply(int status, int error, byte[] payload) {}

    static RawClient connect(Path socket) throws IOException {
        return new RawClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    /// A client that has opened its connection.
    ///
    /// @param flags 1 for one that may only read
    static RawClient open(Path socket, int flags) throws IOException {
        RawClient client = connect(socket);
        client.call(LIBVIRT, AUTH_LIST, new byte[0]);
        byte[] name = "qemu:///system".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer open = ByteBuffer.allocate(4 + 4 + 16 + 4);
        open.putInt(1).putInt(name.length).put(name).position(24).putInt(flags);
        if (client.call(LIBVIRT, OPEN, open.array()).status() != 0) {
            throw new AssertionError("the daemon does not let a client in");
        }
        return client;
    }

    /// Sends a call and waits for its reply; events before it are skipped.
    Reply call(int program, int procedure, byte[] payload) throws IOException {
        serial++;
        send(packet(program, procedure, serial, payload));
        while (true) {
            ByteBuffer reply = receive();
            if (reply.getInt(12) == 1 && reply.getInt(16) == serial) {
                byte[] rest = new byte[reply.capacity() - 24];
                reply.get(24, rest);
                int status = reply.getInt(20);
                return new Reply(status, status == 0 ? 0 : reply.getInt(24), rest);
            }
        }
    }

    static byte[] packet(int program, int procedure, int serial, byte[] payload) {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
                .putInt(HEADER_BYTES + payload.length)
                .putInt(program)
                .putInt(1)
                .putInt(procedure)
                .putInt(0)
                .putInt(serial)
                .putInt(0)
                .put(payload)
                .array();
    }

    void send(byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /// The next packet without its length: program first.
    private ByteBuffer receive() throws IOException {
        int length = read(4).getInt(0);
        if (length < HEADER_BYTES || length > PACKET_LIMIT) {
            throw new AssertionError("the daemon announces a packet of " + length);
        }
        return read(length - 4);
    }

    private ByteBuffer read(int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("the daemon closed the connection");
            }
        }
        return bytes;
    }

    /// Sends nothing more, and reads whatever comes until the daemon closes, too.
    void drain() throws IOException {
        channel.shutdownOutput();
        ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
        while (channel.read(bytes) >= 0) {
            bytes.clear();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
