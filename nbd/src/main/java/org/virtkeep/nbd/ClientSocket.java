package org.virtkeep.nbd;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A plain connection that a server has accepted. One thread may read while another writes. Owns its channel.
///
/// Its channel does not block, so that whoever has a reply can hand it to the kernel at once while it is still in the
/// processor's cache; only who has to wait waits, on a selector of its own.
final class ClientSocket implements ClientTransport {
    private static final Logger LOG = LoggerFactory.getLogger(ClientSocket.class);

    /// How much a unix socket may hold on its way to the reader. With the usual 208 KiB both sides wake four
    /// times as often. The kernel lowers it to what it allows.
    private static final int UNIX_BUFFER_BYTES = 1 << 20;

    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;
    private final String peer;

    private ClientSocket(SocketChannel channel, Selector readable, Selector writable, String peer) {
        this.channel = channel;
        this.readable = readable;
        this.writable = writable;
        this.peer = peer;
    }

    /// Takes over a channel that a server accepted; closes it on failure.
    static ClientSocket of(SocketChannel channel) throws IOException {
        try {
            String peer = configure(channel);
            channel.configureBlocking(false);
            var readable = Selector.open();
            channel.register(readable, SelectionKey.OP_READ);
            try {
                var writable = Selector.open();
                channel.register(writable, SelectionKey.OP_WRITE);
                return new ClientSocket(channel, readable, writable, peer);
            } catch (IOException e) {
                readable.close();
                throw e;
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static String configure(SocketChannel channel) throws IOException {
        if (channel.getLocalAddress() instanceof UnixDomainSocketAddress local) {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, UNIX_BUFFER_BYTES);
            return "a client of unix:" + local;
        }
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        return "client " + channel.getRemoteAddress();
    }

    @Override
    public long read(ByteBuffer[] into) throws IOException {
        long count = channel.read(into);
        while (count == 0) {
            await(readable);
            count = channel.read(into);
        }
        return count;
    }

    @Override
    public long write(ByteBuffer[] from, int first, int count) throws IOException {
        long written = tryWrite(from, first, count);
        while (written == 0) {
            await(writable);
            written = tryWrite(from, first, count);
        }
        return written;
    }

    @Override
    public long tryWrite(ByteBuffer[] from, int first, int count) throws IOException {
        return channel.write(from, first, count);
    }

    private static void await(Selector selector) throws IOException {
        try {
            selector.select();
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException _) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close() {
        try (channel;
                readable;
                writable) {
            LOG.trace("connection closes peer={}", peer);
        } catch (IOException e) {
            LOG.debug("closing failed peer={}", peer, e); // the descriptors are gone all the same
        }
    }

    @Override
    public String toString() {
        return peer;
    }
}
