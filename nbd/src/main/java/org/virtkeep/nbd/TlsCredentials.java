package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.virtkeep.tls.TlsFiles;

/// Certificates and keys for TLS, from a folder with the file names that QEMU and libvirt use. Immutable.
public final class TlsCredentials {

    private final SSLContext context;
    private final boolean clientsAreChecked;

    private TlsCredentials(SSLContext context, boolean clientsAreChecked) {
        this.context = context;
        this.clientsAreChecked = clientsAreChecked;
    }

    /// For a server: `server-cert.pem`, `server-key.pem`, and if there is `ca-cert.pem`, only clients with a
    /// certificate that it signed are let in.
    ///
    /// @throws IOException if a file is missing or not what it should be; the message names it
    public static TlsCredentials ofServer(Path folder) throws IOException {
        Optional<Path> authority = existing(folder.resolve("ca-cert.pem"));
        return create(
                Optional.of(identity(folder.resolve("server-cert.pem"), folder.resolve("server-key.pem"))), authority);
    }

    /// For a client: `ca-cert.pem` tells which servers to trust; with `client-cert.pem` and `client-key.pem`
    /// it shows who it is.
    ///
    /// @throws IOException as above
    public static TlsCredentials ofClient(Path folder) throws IOException {
        Optional<TlsFiles.Identity> identity = existing(folder.resolve("client-cert.pem"))
                .map(certificate -> identity(certificate, folder.resolve("client-key.pem")));
        return create(identity, Optional.of(folder.resolve("ca-cert.pem")));
    }

    private static TlsFiles.Identity identity(Path certificate, Path key) {
        return new TlsFiles.Identity(certificate, key);
    }

    private static Optional<Path> existing(Path file) {
        return Optional.of(file).filter(Files::exists);
    }

    private static TlsCredentials create(Optional<TlsFiles.Identity> identity, Optional<Path> authority)
            throws IOException {
        return new TlsCredentials(new TlsFiles(identity, authority).context(), authority.isPresent());
    }

    SSLEngine serverEngine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(clientsAreChecked);
        engine.setEnabledProtocols(TlsFiles.PROTOCOLS.toArray(String[]::new));
        return engine;
    }

    /// @param host the name that the server's certificate must have
    SSLEngine clientEngine(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(TlsFiles.PROTOCOLS.toArray(String[]::new));
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // compares names as browsers do (RFC 2818)
        engine.setSSLParameters(parameters);
        return engine;
    }
}
