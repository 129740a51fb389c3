package org.virtkeep.nbd;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.FileGroup;
import org.virtkeep.model.NbdAddress;

/// A listening socket. Owns the channel, and the file of a unix socket as long as nobody replaces it.
final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /// `sun_path` of `struct sockaddr_un` on Linux has 108 bytes with the closing zero.
    private static final int UNIX_PATH_BYTES = 107;

    private final ServerSocketChannel channel;
    private final NbdAddress address;
    private final Optional<Object> fileKey;

    private Listener(ServerSocketChannel channel, NbdAddress address, Optional<Object> fileKey) {
        this.channel = channel;
        this.address = address;
        this.fileKey = fileKey;
    }

    /// Listens on `address`. A unix socket gets mode 0600; a stale socket file is replaced, but nothing else is.
    ///
    /// @throws BindException if the address cannot be listened on; the message says why
    static Listener open(NbdAddress address) throws IOException {
        return open(address, Optional.empty());
    }

    /// As [#open(NbdAddress)].
    ///
    /// @param group if present, a unix socket is this group's and gets mode 0660
    static Listener open(NbdAddress address, Optional<String> group) throws IOException {
        return switch (address) {
            case NbdAddress.Unix(String path) -> openUnix(path, group);
            case NbdAddress.Tcp(String host, int port) -> openTcp(host, port);
        };
    }

    private static Listener openUnix(String path, Optional<String> group) throws IOException {
        int length = path.getBytes(StandardCharsets.UTF_8).length;
        if (length > UNIX_PATH_BYTES) {
            throw new BindException("socket path '%s' has %d bytes, but a unix socket can have at most %d"
                    .formatted(path, length, UNIX_PATH_BYTES));
        }
        Path file = Path.of(path);
        removeStale(file);
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(file));
        } catch (IOException e) {
            channel.close();
            throw bindFailure("unix:" + path, e);
        }
        try {
            letIn(file, group);
            return new Listener(channel, new NbdAddress.Unix(path), fileKey(file));
        } catch (IOException e) {
            Files.deleteIfExists(file);
            channel.close();
            throw bindFailure("unix:" + path, e);
        }
    }

    private static void letIn(Path socket, Optional<String> group) throws IOException {
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        if (group.isPresent()) {
            FileGroup.give(socket, group.get());
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
        }
    }

    private static Listener openTcp(String host, int port) throws IOException {
        var wanted = new InetSocketAddress(host, port);
        if (wanted.isUnresolved()) {
            throw new BindException("cannot listen on %s:%d: host not found".formatted(host, port));
        }
        var channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(wanted);
            int real = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            return new Listener(channel, new NbdAddress.Tcp(host, real), Optional.empty());
        } catch (IOException e) {
            channel.close();
            throw bindFailure(host + ":" + port, e);
        }
    }

    private static void removeStale(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isOther()) {
            throw new BindException(
                    "'%s' exists and is not a socket; remove it or choose another path".formatted(file));
        }
        if (isServed(file)) {
            throw new BindException("socket '%s' is in use by another server".formatted(file));
        }
        LOG.info("stale socket removed path={}", file);
        Files.deleteIfExists(file);
    }

    private static boolean isServed(Path file) {
        try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(file));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static BindException bindFailure(String address, IOException cause) {
        var failure = new BindException("cannot listen on %s: %s".formatted(address, cause.getMessage()));
        failure.initCause(cause);
        return failure;
    }

    private static Optional<Object> fileKey(Path file) throws IOException {
        return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey());
    }

    /// With the real port.
    NbdAddress address() {
        return address;
    }

    /// Waits for a client.
    ///
    /// @throws java.nio.channels.ClosedChannelException after [#close]
    SocketChannel accept() throws IOException {
        return channel.accept();
    }

    /// Stops listening and removes the socket file. Idempotent.
    @Override
    public void close() {
        try {
            if (channel.isOpen() && address instanceof NbdAddress.Unix(String path)) {
                removeOwn(Path.of(path));
            }
            channel.close();
        } catch (IOException e) {
            LOG.warn("closing a listening socket failed address={}", address, e);
        }
    }

    private void removeOwn(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && Objects.equals(fileKey, fileKey(file))) {
            Files.deleteIfExists(file);
        }
    }
}
