package org.virtkeep.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.virtkeep.model.NbdAddress;

/// One end of a connection, byte by byte, for peers that do not behave.
final class RawPeer implements AutoCloseable {
    private final SocketChannel channel;
    private final DeadlineGuard guard;

    /// Takes over `channel`. Nothing on it blocks longer than [TestServer#LIMIT].
    RawPeer(SocketChannel channel) {
        this.channel = channel;
        this.guard = new DeadlineGuard(this::closeChannel, TestServer.deadline());
    }

    static RawPeer connect(NbdAddress address) throws IOException {
        return new RawPeer(SocketChannel.open(SocketTransport.socketAddress(address)));
    }

    RawPeer send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return this;
    }

    RawPeer send(String hex) throws IOException {
        return send(Hex.bytes(hex));
    }

    RawPeer send(Request request) throws IOException {
        return send(request.encode());
    }

    RawPeer option(int option, String payload) throws IOException {
        ByteBuffer bytes = Hex.bytes(payload);
        return send(new PayloadWriter()
                .int64(Magic.OPTION)
                .int32(option)
                .int32(bytes.remaining())
                .bytes(bytes)
                .done());
    }

    /// Reads the greeting and answers it.
    RawPeer greet() throws IOException {
        receive(18);
        return send("00000003");
    }

    /// The whole handshake: structured replies if wished, and `NBD_OPT_GO`.
    RawPeer go(String export, boolean structured) throws IOException {
        greet();
        if (structured) {
            option(8, "").optionReplies();
        }
        String name = Hex.text(ByteBuffer.wrap(export.getBytes(StandardCharsets.UTF_8)));
        return option(7, "%08x %s 0000".formatted(export.length(), name)).optionReplies();
    }

    /// Reads replies to an option up to the last; fails if that is an error.
    RawPeer optionReplies() throws IOException {
        if (lastOptionReply() != OptionReplyType.ACK.wireValue()) {
            throw new AssertionError("an option was refused");
        }
        return this;
    }

    /// Reads replies to an option up to the last, and gives its type.
    int lastOptionReply() throws IOException {
        while (true) {
            ByteBuffer header = receive(OptionReply.HEADER_BYTES);
            int type = header.getInt(12);
            receive(header.getInt(16));
            if (type == OptionReplyType.ACK.wireValue() || OptionReplyType.isError(type)) {
                return type;
            }
        }
    }

    /// Reads exactly `bytes`.
    ByteBuffer receive(int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new AssertionError("the peer hung up after %d of %d bytes".formatted(buffer.position(), bytes));
            }
        }
        return buffer.flip();
    }

    /// Reads and forgets everything until the peer hangs up.
    void drain() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        while (!hungUp(buffer.clear())) {
            continue;
        }
    }

    /// Waits until the peer hangs up; fails if it sends something before.
    void awaitHangUp() throws IOException {
        if (!hungUp(ByteBuffer.allocate(1))) {
            throw new AssertionError("the peer sent something");
        }
    }

    private boolean hungUp(ByteBuffer into) throws IOException {
        try {
            return channel.read(into) < 0;
        } catch (SocketException _) {
            return true; // reset, because we had sent what it did not read
        }
    }

    @Override
    public void close() {
        guard.close();
        closeChannel();
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
