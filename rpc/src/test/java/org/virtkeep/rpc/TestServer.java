package org.virtkeep.rpc;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/// Accepts clients on a unix socket and serves them with one dispatcher.
final class TestServer<S> implements AutoCloseable {
    static final long BUDGET_BYTES = 64L * 1024 * 1024;

    final Queue<RpcServerConnection> connections = new ConcurrentLinkedQueue<>();
    final ByteBudget budget = new ByteBudget(BUDGET_BYTES);

    private final ServerSocketChannel listener;
    private final Path socket;
    private final RpcDispatcher<S> dispatcher;
    private final Function<RpcServerConnection, S> session;
    private final ServerLimits limits;

    private TestServer(
            Path socket, RpcDispatcher<S> dispatcher, Function<RpcServerConnection, S> session, ServerLimits limits)
            throws IOException {
        this.socket = socket;
        this.dispatcher = dispatcher;
        this.session = session;
        this.limits = limits;
        this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket), 512);
    }

    static <S> TestServer<S> start(
            Path socket, RpcDispatcher<S> dispatcher, Function<RpcServerConnection, S> session, ServerLimits limits)
            throws IOException {
        var server = new TestServer<>(socket, dispatcher, session, limits);
        Thread.ofVirtual().name("test-server").start(server::accept);
        return server;
    }

    static TestServer<RpcServerConnection> start(Path socket, RpcDispatcher<RpcServerConnection> dispatcher)
            throws IOException {
        return start(socket, dispatcher, Function.identity(), ServerLimits.DEFAULT);
    }

    Path socket() {
        return socket;
    }

    RpcClient connect() throws IOException {
        return RpcClient.connect(socket, PrivateLibvirtd.deadline());
    }

    /// A client that speaks in bytes.
    RawPeer connectRaw() throws IOException {
        return RawPeer.connect(socket);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        connections.forEach(RpcServerConnection::close);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                var connection =
                        RpcServerConnection.serve(RpcTransport.of(channel), dispatcher, session, limits, budget);
                connections.add(connection);
                connection.whenEnded(() -> connections.remove(connection));
            }
        } catch (ClosedChannelException _) {
            // the test is over
        } catch (IOException e) {
            throw new AssertionError("cannot accept", e);
        }
    }
}
