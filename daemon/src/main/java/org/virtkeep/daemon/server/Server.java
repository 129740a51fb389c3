package org.virtkeep.daemon.server;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.rpc.ByteBudget;
import org.virtkeep.rpc.ConnectMessages;
import org.virtkeep.rpc.LibvirtEvents;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.RpcServerConnection;
import org.virtkeep.rpc.RpcTransport;

/// All clients of the daemon, whichever socket they came by. Thread-safe.
///
/// A client takes at most what [ClientLimits] allow, and all together at most as many as these name; one more is
/// closed at once, which disturbs nobody.
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    /// `VIR_CONNECT_CLOSE_REASON_EOF`: the other side closed the connection, in an orderly way.
    private static final int REASON_END_OF_FILE = 1;

    private final RpcDispatcher<Client> dispatcher;
    private final ByteBudget budget;
    private final Set<RpcServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Client> clients = ConcurrentHashMap.newKeySet();
    private final CopyOnWriteArrayList<Closeable> listeners = new CopyOnWriteArrayList<>();
    private volatile ClientLimits limits;
    private volatile boolean closed;

    /// @param procedures adds the handlers of everything that is served
    public Server(ClientLimits limits, Consumer<RpcDispatcher.Builder<Client>> procedures) {
        this.limits = limits;
        this.budget = new ByteBudget(limits.largePacketBytes());
        RpcDispatcher.Builder<Client> builder = RpcDispatcher.<Client>builder().gate(Client::check);
        procedures.accept(builder);
        this.dispatcher = builder.build();
    }

    /// Holds for clients that connect from now on.
    public void limit(ClientLimits newLimits) {
        limits = newLimits;
    }

    /// Closes `listener` with the server.
    public void own(Closeable listener) {
        listeners.add(listener);
    }

    /// Serves a client that has just connected. Owns `transport`, also if it is refused.
    public void serve(RpcTransport transport, Peer peer) {
        open(transport, peer).ifPresent(RpcServerConnection::start);
    }

    /// As [#serve(RpcTransport, Peer)], on the calling thread if that can be ([RpcServerConnection#serveHere]).
    ///
    /// @return true if `successor` goes on with what this thread has done
    boolean serve(RpcTransport transport, Peer peer, Runnable successor) {
        return open(transport, peer)
                .map(connection -> connection.serveHere(successor))
                .orElse(false);
    }

    private Optional<RpcServerConnection> open(RpcTransport transport, Peer peer) {
        ClientLimits current = limits;
        if (closed || connections.size() >= current.clients()) {
            LOG.warn("client refused peer={} reason=\"{} clients are connected\"", peer, connections.size());
            closeQuietly(transport);
            return Optional.empty();
        }
        RpcServerConnection connection = RpcServerConnection.open(
                transport, dispatcher, it -> welcome(it, peer, current), current.each(), budget);
        connections.add(connection);
        connection.whenEnded(() -> connections.remove(connection));
        return Optional.of(connection);
    }

    private Client welcome(RpcServerConnection connection, Peer peer, ClientLimits current) {
        var client = new Client(connection, peer, current.keepAlive());
        clients.add(client);
        LOG.debug("client connected client={} peer={}", client.name(), peer);
        client.whenGone(() -> {
            clients.remove(client);
            LOG.debug("client gone client={} peer={}", client.name(), peer);
        });
        return client;
    }

    /// How many are connected.
    public int clients() {
        return connections.size();
    }

    /// Stops to listen, tells the clients, and lets them go. Calls that are being served go on to their end.
    @Override
    public void close() {
        closed = true;
        listeners.forEach(Server::closeQuietly);
        clients.stream()
                .filter(Client::wantsToKnowTheEnd)
                .forEach(client -> client.send(
                        LibvirtEvents.CONNECTION_CLOSED, new ConnectMessages.ConnectionClosed(REASON_END_OF_FILE)));
        connections.forEach(RpcServerConnection::close);
    }

    private static void closeQuietly(Closeable what) {
        try {
            what.close();
        } catch (IOException e) {
            LOG.debug("not closed cleanly what={} reason={}", what, e.getMessage());
        }
    }
}
