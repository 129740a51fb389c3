package org.virtkeep.rpc;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;

/// One end of a socket in the hands of a test: it may send whatever it likes.
record RawPeer(SocketChannel channel, PacketReader reader) implements AutoCloseable {

    static RawPeer of(SocketChannel channel) {
        return new RawPeer(
                channel, new PacketReader(RpcTransport.of(channel), Limits.PACKET_BYTES, new ByteBudget(1L << 30)));
    }

    static RawPeer connect(Path socket) throws IOException {
        return of(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    void send(byte[] bytes) throws IOException {
        RpcTransport.of(channel).write(ByteBuffer.wrap(bytes));
    }

    void send(String hex) throws IOException {
        send(Hex.bytes(hex));
    }

    <A> void call(Procedure<A, ?> procedure, A arguments, int serial) throws IOException {
        send(MessageHeader.call(procedure, serial).packet(arguments, procedure.arguments()));
    }

    /// The next packet, or empty if the other side closed.
    Optional<Packet> receive() throws IOException {
        return reader.next();
    }

    /// Sends nothing more; what was sent still arrives.
    void hangUp() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
