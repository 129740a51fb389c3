package org.virtkeep.remote;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.virtkeep.rpc.ByteBudget;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.RpcServerConnection;
import org.virtkeep.rpc.RpcTransport;
import org.virtkeep.rpc.ServerLimits;

/// A daemon that knows its host's name, and drops its client in the middle of a call when it is told to.
final class TestDaemon implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final Queue<RpcServerConnection> connections = new ConcurrentLinkedQueue<>();
    private final ByteBudget budget = new ByteBudget(1 << 20);
    private final AtomicBoolean drop = new AtomicBoolean();
    private final AtomicInteger definitions = new AtomicInteger();
    private final CountDownLatch dropped = new CountDownLatch(1);
    private final RpcDispatcher<RpcServerConnection> dispatcher = RpcDispatcher.<RpcServerConnection>builder()
            .on(LibvirtProgram.CONNECT_SUPPORTS_FEATURE, (_, _) -> false)
            .run(LibvirtProgram.CONNECT_OPEN, (_, _) -> {})
            .run(LibvirtProgram.CONNECT_CLOSE, (_, _) -> {})
            .on(LibvirtProgram.CONNECT_GET_HOSTNAME, (connection, _) -> {
                dropIfTold(connection);
                return "host";
            })
            .on(LibvirtProgram.DOMAIN_DEFINE_XML, (connection, _) -> {
                definitions.incrementAndGet();
                dropIfTold(connection);
                return new DomainRef("vm", new UUID(1, 2), DomainRef.NO_ID);
            })
            .build();

    interface Restart {
        void run() throws IOException;
    }

    private TestDaemon(ServerSocketChannel listener) {
        this.listener = listener;
    }

    static TestDaemon start(Path socket) throws IOException {
        var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        var daemon = new TestDaemon(listener);
        Thread.ofVirtual().name("test-daemon").start(daemon::accept);
        return daemon;
    }

    /// The next call of a name or definition has no reply: its connection ends.
    void dropNext() {
        drop.set(true);
    }

    /// Runs something when a client was dropped.
    Thread whenDropped(Restart action) {
        return Thread.ofVirtual().start(() -> {
            try {
                dropped.await();
                action.run();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    int definitions() {
        return definitions.get();
    }

    private void dropIfTold(RpcServerConnection connection) {
        if (drop.compareAndSet(true, false)) {
            dropped.countDown();
            connection.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                connections.add(RpcServerConnection.serve(
                        RpcTransport.of(channel), dispatcher, Function.identity(), ServerLimits.DEFAULT, budget));
            }
        } catch (IOException _) {
            // the test is over
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        connections.forEach(RpcServerConnection::close);
    }
}
