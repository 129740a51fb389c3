package org.virtkeep.daemon;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.daemon.events.EventRelay;
import org.virtkeep.daemon.procedures.Host;
import org.virtkeep.daemon.procedures.Procedures;
import org.virtkeep.daemon.server.ClientLimits;
import org.virtkeep.daemon.server.Server;
import org.virtkeep.daemon.server.UnixListener;
import org.virtkeep.daemon.server.UnixSocket;

/// Everything that runs. Domains and running backups are not its own: they go on when it ends.
final class Daemon implements AutoCloseable {
    private static final int MODE = 0600;
    private static final int READ_ONLY_MODE = 0666;

    /// Below the root.
    private static final String EVENT_POSITION = "daemon-events";

    private final Connection connection;
    private final EventRelay relay;
    private final Server server;
    private final Path socket;

    private Daemon(Connection connection, EventRelay relay, Server server, Path socket) {
        this.connection = connection;
        this.relay = relay;
        this.server = server;
        this.socket = socket;
    }

    static Daemon start(Path root, Path socket, Optional<Path> readOnlySocket) throws IOException {
        Connection connection = Connections.open("qemu:///embed?root=" + encoded(root.toAbsolutePath()));
        var relay = EventRelay.start(connection, root.resolve(EVENT_POSITION));
        var procedures = new Procedures(new Host(connection), relay);
        var server = new Server(ClientLimits.DEFAULT, procedures::addTo);
        UnixListener.start(UnixSocket.of(socket, MODE, Optional.empty(), false), server);
        if (readOnlySocket.isPresent()) {
            UnixListener.start(UnixSocket.of(readOnlySocket.get(), READ_ONLY_MODE, Optional.empty(), true), server);
        }
        return new Daemon(connection, relay, server, socket);
    }

    private static String encoded(Path path) {
        return URLEncoder.encode(path.toString(), StandardCharsets.UTF_8)
                .replace("%2F", "/")
                .replace("+", "%20");
    }

    /// One line for whoever waits for it.
    String greeting() {
        return "virtkeepd listens on '%s'".formatted(socket);
    }

    @Override
    public void close() {
        server.close();
        relay.close();
        connection.close();
    }
}
