package org.virtkeep.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A monitor socket before QEMU's own, which hands everything on, but swallows the first command of one name and all
/// that the same client says after it. So a client can be held at a step, and be killed there. Thread-safe.
final class MonitorRelay implements AutoCloseable {
    private final Path monitor;
    private final String command;
    private final ServerSocketChannel server;
    private final CountDownLatch held = new CountDownLatch(1);

    private MonitorRelay(Path monitor, String command, ServerSocketChannel server) {
        this.monitor = monitor;
        this.command = '"' + command + '"';
        this.server = server;
    }

    /// @param socket  where it listens
    /// @param monitor QEMU's
    static MonitorRelay start(Path socket, Path monitor, String command) throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        var relay = new MonitorRelay(monitor, command, server);
        Thread.ofPlatform().daemon().name("relay").start(relay::accept);
        return relay;
    }

    /// Waits until somebody is held.
    void awaitHeld(Duration limit) throws InterruptedException {
        if (!held.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("nobody has sent " + command);
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                SocketChannel qemu = SocketChannel.open(UnixDomainSocketAddress.of(monitor));
                Thread.ofPlatform().daemon().start(() -> hand(qemu, client, false));
                Thread.ofPlatform().daemon().start(() -> hand(client, qemu, true));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void hand(SocketChannel from, SocketChannel to, boolean watched) {
        var buffer = ByteBuffer.allocate(1 << 20);
        boolean swallows = false;
        try (from;
                to) {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                swallows |= watched && held.getCount() > 0 && text(buffer).contains(command);
                if (swallows) {
                    held.countDown();
                } else {
                    to.write(buffer);
                }
            }
        } catch (IOException _) {
            // one of the two has gone, which the other is told by closing it
        }
    }

    private static String text(ByteBuffer buffer) {
        return StandardCharsets.ISO_8859_1.decode(buffer.duplicate()).toString();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
