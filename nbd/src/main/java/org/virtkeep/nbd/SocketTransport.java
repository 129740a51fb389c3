package org.virtkeep.nbd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// A plain unix or TCP connection to a server. Owns its channel.
final class SocketTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(SocketTransport.class);

    private final SocketChannel channel;
    private final String peer;

    private SocketTransport(SocketChannel channel, String peer) {
        this.channel = channel;
        this.peer = peer;
    }

    /// @throws NbdException.Disconnected if nobody listens there
    /// @throws NbdException.TimedOut     if the deadline passes first
    static SocketTransport connect(NbdAddress address, Deadline deadline) throws NbdException {
        String peer = describe(address);
        try {
            var transport = new SocketTransport(open(address), peer);
            try (var _ = new DeadlineGuard(transport::close, deadline)) {
                transport.channel.connect(socketAddress(address));
                if (address instanceof NbdAddress.Tcp) {
                    transport.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                }
                return transport;
            } catch (IOException | UnresolvedAddressException e) {
                transport.close();
                if (deadline.hasPassed()) {
                    throw new NbdException.TimedOut("no connection to %s within %s".formatted(peer, deadline.limit()));
                }
                throw e;
            }
        } catch (UnresolvedAddressException e) {
            throw new NbdException.Disconnected("cannot connect to %s: host not found".formatted(peer), e);
        } catch (NbdException e) {
            throw e;
        } catch (IOException e) {
            throw new NbdException.Disconnected("cannot connect to %s: %s".formatted(peer, e.getMessage()), e);
        }
    }

    private static SocketChannel open(NbdAddress address) throws IOException {
        return switch (address) {
            case NbdAddress.Unix _ -> SocketChannel.open(StandardProtocolFamily.UNIX);
            case NbdAddress.Tcp _ -> SocketChannel.open();
        };
    }

    static SocketAddress socketAddress(NbdAddress address) {
        return switch (address) {
            case NbdAddress.Unix(String path) -> UnixDomainSocketAddress.of(path);
            case NbdAddress.Tcp(String host, int port) -> new InetSocketAddress(host, port);
        };
    }

    static String describe(NbdAddress address) {
        return switch (address) {
            case NbdAddress.Unix(String path) -> "unix:" + path;
            case NbdAddress.Tcp(String host, int port) -> host + ":" + port;
        };
    }

    @Override
    public long read(ByteBuffer[] into) throws IOException {
        return into.length == 1 ? channel.read(into[0]) : channel.read(into);
    }

    @Override
    public long write(ByteBuffer[] from, int first, int count) throws IOException {
        return count == 1 ? channel.write(from[first]) : channel.write(from, first, count);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing failed peer={}", peer, e); // the descriptor is gone all the same
        }
    }

    @Override
    public String toString() {
        return peer;
    }
}
