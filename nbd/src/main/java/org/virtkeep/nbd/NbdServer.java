package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// Serves exports to any number of clients of any kind. Thread-safe. Owns its listening socket and its clients,
/// but not the devices.
final class NbdServer {
    private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);

    /// Connections beyond the maximum that may still try a handshake, to be told why they are refused.
    private static final int SPARE_CONNECTIONS = 16;

    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private final Listener listener;
    private final List<Export> exports;
    private final RequestScheduler scheduler;
    private final NbdFrontEnd.Limits limits;
    private final Optional<TlsCredentials> tls;
    private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private NbdServer(
            Listener listener,
            List<Export> exports,
            RequestScheduler scheduler,
            NbdFrontEnd.Limits limits,
            Optional<TlsCredentials> tls) {
        this.tls = tls;
        this.listener = listener;
        this.exports = exports;
        this.scheduler = scheduler;
        this.limits = limits;
    }

    /// Takes over `listener`.
    ///
    /// @param exports made for `scheduler`
    static NbdServer start(
            Listener listener, List<Export> exports, RequestScheduler scheduler, NbdFrontEnd.Limits limits) {
        return start(listener, exports, scheduler, limits, Optional.empty());
    }

    /// @param tls if present, clients must use TLS
    static NbdServer start(
            Listener listener,
            List<Export> exports,
            RequestScheduler scheduler,
            NbdFrontEnd.Limits limits,
            Optional<TlsCredentials> tls) {
        var server = new NbdServer(listener, exports, scheduler, limits, tls);
        // No virtual thread: the JVM waits 0.3 s at its end for the poller that one leaves behind.
        Thread.ofPlatform().name("nbd-accept").daemon().start(server::acceptAll);
        return server;
    }

    NbdAddress address() {
        return listener.address();
    }

    /// Ends connections that have been idle for `limit`.
    void closeIdle(Duration limit) {
        for (ClientConnection connection : connections) {
            if (connection.idle().compareTo(limit) >= 0) {
                LOG.info("idle client closed limit={}", limit);
                connection.close();
            }
        }
    }

    /// Stops accepting and ends all connections, then waits for their threads until `deadline`. Idempotent.
    void close(Deadline deadline) {
        closed = true;
        listener.close();
        connections.forEach(ClientConnection::close);
        while (!connections.isEmpty() && !deadline.hasPassed()) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private void acceptAll() {
        for (int number = 1; !closed; number++) {
            try {
                begin(listener.accept(), "nbd-client-" + number);
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.warn("accepting a client failed address={} cause={}", address(), e.toString());
                LockSupport.parkNanos(ACCEPT_PAUSE.toNanos()); // such as too many open files: do not spin
            }
        }
    }

    private void begin(SocketChannel channel, String name) throws IOException {
        var transport = ClientSocket.of(channel);
        if (connections.size() >= limits.maxClients() + SPARE_CONNECTIONS) {
            LOG.info("client refused peer={} connections={}", transport, connections.size());
            transport.close();
            return;
        }
        var connection = new ClientConnection(name, transport, exports, scheduler, limits.handshakeTimeout(), tls);
        connections.add(connection);
        if (closed) {
            connection.close(); // close() may have missed it
        }
        // Platform threads: this one also sends requests upstream, and a channel that a virtual thread has touched
        // becomes non-blocking for good: then every wait for a reply's next bytes costs three system calls.
        Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                connection.run();
            } finally {
                connections.remove(connection);
            }
        });
    }
}
