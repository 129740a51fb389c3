package org.virtkeep.daemon;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.daemon.backups.RepositoryRuns;
import org.virtkeep.daemon.config.Configuration;
import org.virtkeep.daemon.config.Setting;
import org.virtkeep.daemon.config.Settings;
import org.virtkeep.daemon.events.EventRelay;
import org.virtkeep.daemon.procedures.Host;
import org.virtkeep.daemon.procedures.Procedures;
import org.virtkeep.daemon.server.ClientLimits;
import org.virtkeep.daemon.server.Server;
import org.virtkeep.daemon.server.TlsListener;
import org.virtkeep.daemon.server.TlsSettings;
import org.virtkeep.daemon.server.UnixListener;
import org.virtkeep.daemon.server.UnixSocket;
import org.virtkeep.rpc.KeepAlive;
import org.virtkeep.rpc.ServerLimits;
import org.virtkeep.tls.TlsFiles;

/// Everything that runs. Domains and jobs are not its own: they go on when it ends, however it ends. Backups into
/// repositories that it makes itself it ends in time.
final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final long LARGE_PACKET_BYTES = 64L * 1024 * 1024;

    /// Below the root.
    private static final String EVENT_POSITION = "daemon-events";

    private final Connection connection;
    private final EventRelay relay;
    private final RepositoryRuns runs;
    private final Server server;
    private Optional<TlsListener> tls = Optional.empty();
    private Configuration configuration;

    private Daemon(
            Connection connection, EventRelay relay, RepositoryRuns runs, Server server, Configuration configuration) {
        this.connection = connection;
        this.relay = relay;
        this.runs = runs;
        this.server = server;
        this.configuration = configuration;
    }

    /// Opens the root, which finishes or undoes what was interrupted, and listens.
    ///
    /// @throws IOException if a socket cannot be had, or a certificate cannot be used; nothing runs then
    /// @throws org.virtkeep.model.VirtException if the root cannot be opened
    static Daemon start(Configuration configuration) throws IOException {
        Connection connection = Connections.open(uri(configuration));
        var relay =
                EventRelay.start(connection, configuration.get(Settings.ROOT).resolve(EVENT_POSITION));
        var runs = new RepositoryRuns(connection, makesBackups(configuration));
        var procedures = new Procedures(new Host(connection), relay, runs);
        var server = new Server(limits(configuration), procedures::addTo);
        var daemon = new Daemon(connection, relay, runs, server, configuration);
        try {
            daemon.listen();
            daemon.startMarked();
        } catch (IOException | RuntimeException e) {
            daemon.close();
            throw e;
        }
        return daemon;
    }

    /// Starts the domains that are to be started with the host. Clients are served meanwhile.
    private void startMarked() {
        Thread.ofVirtual()
                .name("autostart")
                .start(() -> connection
                        .startMarked()
                        .forEach(failure -> LOG.warn("not started with the host reason={}", failure)));
    }

    private static String uri(Configuration configuration) {
        String push = configuration.get(Settings.PUSH).name().toLowerCase(Locale.ROOT);
        Optional<Path> tls = configuration.get(Settings.PULL_TLS);
        return "qemu:///embed?root=" + encoded(configuration.get(Settings.ROOT).toString())
                + "&push=" + push
                + "&pull-idle-minutes="
                + configuration.get(Settings.PULL_IDLE_LIMIT).toMinutes()
                + "&spare-keeper=yes"
                + tls.map(folder -> "&pull-tls=" + encoded(folder.toString())).orElse("")
                + pullGroup(configuration)
                        .map(group -> "&pull-group=" + encoded(group))
                        .orElse("");
    }

    /// Who may begin a pull may read what it serves.
    private static Optional<String> pullGroup(Configuration configuration) {
        boolean lets = (configuration.get(Settings.SOCKET_MODE) & Settings.GROUP_WRITES) != 0;
        return configuration.get(Settings.SOCKET_GROUP).filter(_ -> lets);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("%2F", "/")
                .replace("+", "%20");
    }

    private static boolean makesBackups(Configuration configuration) {
        return configuration.get(Settings.REPOSITORY_BACKUPS) == Settings.Switch.ON;
    }

    private static ClientLimits limits(Configuration configuration) {
        return new ClientLimits(
                configuration.get(Settings.MAX_CLIENTS),
                new ServerLimits(
                        configuration.get(Settings.MAX_CALLS),
                        configuration.get(Settings.MAX_OUTPUT),
                        configuration.get(Settings.STALL_LIMIT)),
                new KeepAlive(
                        configuration.get(Settings.KEEPALIVE_INTERVAL), configuration.get(Settings.KEEPALIVE_COUNT)),
                LARGE_PACKET_BYTES);
    }

    private void listen() throws IOException {
        listenLocally(Settings.SOCKET, Settings.SOCKET_MODE, false);
        if (configuration.get(Settings.READ_ONLY_SOCKET).isPresent()) {
            listenAt(
                    configuration.get(Settings.READ_ONLY_SOCKET).get(),
                    configuration.get(Settings.READ_ONLY_SOCKET_MODE),
                    true);
        }
        if (configuration.get(Settings.TLS_LISTEN).isPresent()) {
            tls = Optional.of(TlsListener.start(
                    configuration.get(Settings.TLS_LISTEN).get().resolve(), tlsSettings(configuration), server));
        }
    }

    private void listenLocally(Setting<Path> socket, Setting<Integer> mode, boolean readOnly) throws IOException {
        listenAt(configuration.get(socket), configuration.get(mode), readOnly);
    }

    private void listenAt(Path socket, int mode, boolean readOnly) throws IOException {
        if (socket.getParent() != null) {
            Files.createDirectories(socket.getParent());
        }
        UnixListener.start(UnixSocket.of(socket, mode, configuration.get(Settings.SOCKET_GROUP), readOnly), server);
    }

    private static TlsSettings tlsSettings(Configuration configuration) throws IOException {
        var files = new TlsFiles(
                Optional.of(new TlsFiles.Identity(
                        configuration.get(Settings.TLS_CERTIFICATE), configuration.get(Settings.TLS_KEY))),
                Optional.of(configuration.get(Settings.TLS_AUTHORITY)));
        return new TlsSettings(files.context(), configuration.get(Settings.TLS_CLIENTS));
    }

    /// Takes over what can be changed while it runs, for clients that connect from now on, and reads the
    /// certificates again. If these cannot be used, everything stays as it was.
    void reload(Configuration newer) throws IOException {
        List<Setting<?>> changes = configuration.changes(newer);
        if (tls.isPresent()) {
            tls.get().use(tlsSettings(newer));
        }
        server.limit(limits(newer));
        runs.allow(makesBackups(newer));
        Log.level(newer.get(Settings.LOG_LEVEL));
        for (Setting<?> change : changes) {
            if (change.reloadable()) {
                LOG.info("setting changed name={} value={}", change.name(), newer.get(change));
            } else {
                LOG.warn("setting needs a restart name={} value={}", change.name(), newer.get(change));
            }
        }
        configuration = newer;
        LOG.info("configuration reloaded changes={}", changes.size());
    }

    /// One line for whoever waits for it.
    String greeting() {
        String remote =
                tls.map(listener -> " and " + listener.address() + " (TLS)").orElse("");
        return "virtkeepd serves '%s' at '%s'%s"
                .formatted(configuration.get(Settings.ROOT), configuration.get(Settings.SOCKET), remote);
    }

    @Override
    public void close() {
        runs.close();
        server.close();
        relay.close();
        connection.close();
    }
}
