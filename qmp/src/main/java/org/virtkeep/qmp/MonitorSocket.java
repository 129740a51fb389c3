package org.virtkeep.qmp;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.virtkeep.model.Deadline;

/// Opens a monitor's unix socket.
final class MonitorSocket {

    /// How often a full listen queue is tried again: the kernel does not tell when it has room.
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(50);

    private MonitorSocket() {}

    /// Connects, and leaves the channel in blocking mode.
    ///
    /// QEMU serves one client per socket; a few more wait in the socket's listen queue. When that is full, a
    /// blocking connect would hang without limit and a non-blocking one fails at once: so this one retries.
    ///
    /// @throws QmpException.TimedOut if the listen queue stays full until `deadline`
    /// @throws QmpException.Disconnected if nobody listens or the socket may not be opened
    static SocketChannel open(Path socket, Deadline deadline) throws QmpException {
        while (true) {
            Optional<SocketChannel> channel = tryOpen(socket);
            if (channel.isPresent()) {
                return channel.get();
            }
            if (deadline.hasPassed()) {
                throw new QmpException.TimedOut(
                        "monitor socket '%s' is in use by another client, and more are waiting".formatted(socket));
            }
            Waiting.pause(RETRY_INTERVAL);
        }
    }

    /// @return empty if the listen queue is full
    private static Optional<SocketChannel> tryOpen(Path socket) throws QmpException {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.configureBlocking(false);
                if (channel.connect(UnixDomainSocketAddress.of(socket))) {
                    channel.configureBlocking(true);
                    return Optional.of(channel);
                }
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            channel.close();
            return Optional.empty();
        } catch (IOException e) {
            throw new QmpException.Disconnected(
                    "cannot connect to monitor socket '%s': %s".formatted(socket, e.getMessage()), e);
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
