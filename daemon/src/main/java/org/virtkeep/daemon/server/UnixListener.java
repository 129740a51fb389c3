package org.virtkeep.daemon.server;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.rpc.RpcTransport;

/// Accepts local clients. One thread at a time: who has accepted a client serves it, and another accepts on. Closing
/// it ends the thread and removes the socket.
public final class UnixListener implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(UnixListener.class);
    private static final int BACKLOG = 512;
    /// After a failure to accept, which is a lack of descriptors: some may be free then.
    private static final long PAUSE_MILLIS = 100;

    private final ServerSocketChannel listener;
    private final UnixSocket socket;
    private final Server server;

    private UnixListener(ServerSocketChannel listener, UnixSocket socket, Server server) {
        this.listener = listener;
        this.socket = socket;
        this.server = server;
    }

    /// Binds the socket, and serves who connects. A socket file on which nobody listens is replaced.
    ///
    /// @throws IOException if somebody listens on it, or it cannot be made; the message names it
    public static UnixListener start(UnixSocket socket, Server server) throws IOException {
        removeStale(socket.path());
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            bind(listener, socket);
        } catch (IOException e) {
            listener.close();
            throw new IOException("cannot listen on '%s': %s".formatted(socket.path(), e.getMessage()), e);
        }
        var started = new UnixListener(listener, socket, server);
        server.own(started);
        Thread.ofPlatform()
                .daemon()
                .name("accept-" + socket.path().getFileName())
                .start(started::acceptAll);
        return started;
    }

    /// Nobody can connect before the mode is set: the file gets its name last.
    private static void bind(ServerSocketChannel listener, UnixSocket socket) throws IOException {
        Path path = socket.path();
        Path hidden = path.resolveSibling("." + ProcessHandle.current().pid());
        Files.deleteIfExists(hidden);
        listener.bind(UnixDomainSocketAddress.of(hidden), BACKLOG);
        try {
            var view = Files.getFileAttributeView(hidden, PosixFileAttributeView.class);
            if (socket.group().isPresent()) {
                view.setGroup(path.getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByGroupName(socket.group().get()));
            }
            view.setPermissions(socket.mode());
            Files.move(hidden, path);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(hidden);
            throw e;
        }
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new IOException("somebody listens on '%s' already; end that daemon first, or choose another --socket"
                    .formatted(path));
        } catch (ConnectException _) {
            Files.delete(path);
        }
    }

    private void acceptAll() {
        while (true) {
            try {
                SocketChannel channel = listener.accept();
                var peer = Peer.local(channel, socket.readOnly());
                if (server.serve(RpcTransport.of(channel), peer, this::acceptAll)) {
                    return;
                }
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.warn("client not accepted socket={} reason={}", socket.path(), e.getMessage());
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(socket.path());
    }

    /// `rw-rw----` and the like from an octal number.
    static Set<PosixFilePermission> permissions(int mode) {
        var permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] inOrder = PosixFilePermission.values(); // owner, group, others; read, write, execute
        for (int bit = 0; bit < inOrder.length; bit++) {
            if ((mode & (1 << (inOrder.length - 1 - bit))) != 0) {
                permissions.add(inOrder[bit]);
            }
        }
        return permissions;
    }
}
