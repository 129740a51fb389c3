package org.virtkeep.qmp;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.virtkeep.model.Deadline;

/// Opens a monitor's unix socket.
final class MonitorSocket {

    private MonitorSocket() {}

    /// Connects. The channel is in blocking mode and belongs to the caller.
    ///
    /// QEMU serves one client per socket; a few more wait in the socket's listen queue, and are connected as
    /// far as they can see. When the queue is full, connecting waits in the kernel. That needs a platform
    /// thread of its own: who does not wait gets `EAGAIN`, as a virtual one does, and the deadline must be
    /// able to end it.
    ///
    /// @throws QmpException.TimedOut if the listen queue stays full until `deadline`
    /// @throws QmpException.Disconnected if nobody listens or the socket may not be opened
    static SocketChannel open(Path socket, Deadline deadline) throws QmpException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
        try {
            Optional<SocketChannel> connected = connectAtOnce(address);
            if (connected.isPresent()) {
                return connected.get();
            }
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                connect(channel, address, deadline);
                return channel;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (QmpException e) {
            throw e;
        } catch (IOException e) {
            throw new QmpException.Disconnected(
                    "cannot connect to monitor socket '%s': %s".formatted(socket, e.getMessage()), e);
        }
    }

    /// Connects if that needs no waiting, as it nearly always does.
    private static Optional<SocketChannel> connectAtOnce(UnixDomainSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            connected = channel.connect(address);
            if (connected) {
                channel.configureBlocking(true);
            }
            return connected ? Optional.of(channel) : Optional.empty();
        } finally {
            if (!connected) {
                channel.close();
            }
        }
    }

    private static void connect(SocketChannel channel, UnixDomainSocketAddress address, Deadline deadline)
            throws IOException {
        var failure = new CompletableFuture<Optional<IOException>>();
        Thread.ofPlatform().daemon().name("qmp-connect").start(() -> failure.complete(tryConnect(channel, address)));
        Optional<Optional<IOException>> outcome = Waiting.forResult(failure, deadline);
        if (outcome.isEmpty()) {
            throw new QmpException.TimedOut("monitor socket '%s' is in use by another client, and more are waiting"
                    .formatted(address.getPath()));
        }
        if (outcome.get().isPresent()) {
            throw outcome.get().get();
        }
    }

    private static Optional<IOException> tryConnect(SocketChannel channel, UnixDomainSocketAddress address) {
        try {
            channel.connect(address);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /// Who listens on the other end, if the platform tells.
    static Optional<PeerCredentials> peer(SocketChannel channel) {
        if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
            return Optional.empty();
        }
        try {
            UnixDomainPrincipal principal = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
            return Optional.of(new PeerCredentials(
                    principal.user().getName(), principal.group().getName()));
        } catch (IOException _) {
            return Optional.empty(); // the socket is already gone; the session will say so
        }
    }
}
