package org.virtkeep.daemon.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/// Who is at the other end of a connection. Immutable and thread-safe.
public final class Peer {
    private final Optional<SocketChannel> local;
    private final String certificate;
    private final boolean readOnly;

    private Peer(Optional<SocketChannel> local, String certificate, boolean readOnly) {
        this.local = local;
        this.certificate = certificate;
        this.readOnly = readOnly;
    }

    /// A client of a unix socket.
    ///
    /// @param channel  connected to it; not owned
    /// @param readOnly true if it came over the socket that is for reading only
    static Peer local(SocketChannel channel, boolean readOnly) {
        return new Peer(Optional.of(channel), "", readOnly);
    }

    /// A client that has shown a certificate of this name.
    static Peer remote(String certificate) {
        return new Peer(Optional.empty(), certificate, false);
    }

    /// Who has connected over a unix socket; empty for others, and when the connection has ended. The kernel noted
    /// it when the client connected, but the JDK looks its name up with each question, which takes longer than
    /// most calls: so it is asked when somebody wants to know.
    public Optional<UserPrincipal> localUser() {
        return local.flatMap(Peer::user);
    }

    private static Optional<UserPrincipal> user(SocketChannel channel) {
        try {
            return Optional.of(
                    channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
        } catch (IOException _) {
            return Optional.empty(); // closed meanwhile
        }
    }

    public boolean readOnly() {
        return readOnly;
    }

    /// For logs: the user of a local client, the certificate's name of a remote one.
    @Override
    public String toString() {
        return local.isEmpty()
                ? "certificate " + certificate
                : localUser().map(user -> "user " + user.getName()).orElse("local user");
    }
}
