package org.virtkeep.daemon.server;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.Principal;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.rpc.RpcTransport;
import org.virtkeep.tls.TlsFiles;

/// Accepts remote clients. Each must have a certificate that the authority has signed, and a name that is admitted;
/// it is told that it is welcome with one byte, as libvirtd does. One thread, and one for each handshake.
public final class TlsListener implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsListener.class);
    private static final int BACKLOG = 128;
    private static final int WELCOME = 1;
    private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(30);
    /// Handshakes at a time: who is slow there, or floods the port, takes no more than these.
    private static final int HANDSHAKES = 64;

    private final ServerSocket listener;
    private final Server server;
    private final Semaphore places = new Semaphore(HANDSHAKES);
    private volatile TlsSettings settings;

    private TlsListener(ServerSocket listener, Server server, TlsSettings settings) {
        this.listener = listener;
        this.server = server;
        this.settings = settings;
    }

    /// Binds the port, and serves who connects and is let in.
    ///
    /// @throws IOException if the port cannot be had; the message names it
    public static TlsListener start(InetSocketAddress address, TlsSettings settings, Server server) throws IOException {
        var listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw new IOException("cannot listen on %s for TLS: %s".formatted(address, e.getMessage()), e);
        }
        var started = new TlsListener(listener, server, settings);
        server.own(started);
        Thread.ofPlatform().daemon().name("accept-tls").start(started::acceptAll);
        return started;
    }

    /// With the port that the system chose.
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /// Holds for clients that connect from now on.
    public void use(TlsSettings newSettings) {
        settings = newSettings;
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                if (places.tryAcquire()) {
                    Thread.ofVirtual().name("tls-handshake").start(() -> welcome(socket));
                } else {
                    socket.close();
                }
            } catch (IOException e) {
                LOG.debug("client not accepted reason={}", e.getMessage());
            }
        }
    }

    private void welcome(Socket socket) {
        try {
            admit(socket);
        } catch (IOException e) {
            LOG.warn("client refused peer={} reason=\"{}\"", socket.getRemoteSocketAddress(), e.getMessage());
            close(socket);
        } finally {
            places.release();
        }
    }

    private void admit(Socket socket) throws IOException {
        TlsSettings current = settings;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) HANDSHAKE_LIMIT.toMillis());
        var tls = (SSLSocket) current.context().getSocketFactory().createSocket(socket, null, true);
        tls.setNeedClientAuth(true);
        tls.setEnabledProtocols(TlsFiles.PROTOCOLS.toArray(String[]::new));
        tls.startHandshake();
        Principal name = tls.getSession().getPeerPrincipal();
        if (!current.admits(name.getName())) {
            throw new IOException("its name '%s' is not among tls-clients".formatted(name.getName()));
        }
        socket.setSoTimeout(0);
        OutputStream out = tls.getOutputStream();
        out.write(WELCOME);
        out.flush();
        // The plain socket is closed: to close the other waits for a writer that is stuck.
        var transport = RpcTransport.of(tls.getInputStream(), out, socket);
        server.serve(transport, Peer.remote(name.getName()));
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("socket not closed cleanly reason={}", e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
