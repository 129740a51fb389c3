package org.virtkeep.nbd;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// Certificates and keys for TLS, from a folder with the file names that QEMU and libvirt use. Immutable.
public final class TlsCredentials {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ((?:[A-Z]+ )?)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    private static final char[] NO_PASSWORD = {};

    private final SSLContext context;
    private final boolean clientsAreChecked;

    private TlsCredentials(SSLContext context, boolean clientsAreChecked) {
        this.context = context;
        this.clientsAreChecked = clientsAreChecked;
    }

    /// For a server: `server-cert.pem`, `server-key.pem`, and if there is `ca-cert.pem`, only clients with a
    /// certificate
    /// that it signed are let in.
    ///
    /// @throws IOException if a file is missing or not what it should be; the message names it
    public static TlsCredentials ofServer(Path folder) throws IOException {
        Optional<Path> authority = existing(folder.resolve("ca-cert.pem"));
        return create(Optional.of(folder.resolve("server-cert.pem")), folder.resolve("server-key.pem"), authority);
    }

    /// For a client: `ca-cert.pem` tells which servers to trust; with `client-cert.pem` and `client-key.pem` it shows
    /// who
    /// it is.
    ///
    /// @throws IOException as above
    public static TlsCredentials ofClient(Path folder) throws IOException {
        return create(
                existing(folder.resolve("client-cert.pem")),
                folder.resolve("client-key.pem"),
                Optional.of(folder.resolve("ca-cert.pem")));
    }

    /// From files with names of their own.
    ///
    /// @param certificate of this side, in PEM; empty shows none
    /// @param key         of the certificate; read only if there is one
    /// @param authority   who has signed the peers' certificates; empty lets any client in
    /// @throws IOException as above
    public static TlsCredentials of(Optional<Path> certificate, Path key, Optional<Path> authority) throws IOException {
        return create(certificate, key, authority);
    }

    private static Optional<Path> existing(Path file) {
        return Optional.of(file).filter(Files::exists);
    }

    private static TlsCredentials create(Optional<Path> certificate, Path key, Optional<Path> authority)
            throws IOException {
        try {
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            var own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            if (certificate.isPresent()) {
                Certificate[] chain = certificates(certificate.get()).toArray(Certificate[]::new);
                own.setKeyEntry("own", key(key), NO_PASSWORD, chain);
            }
            keys.init(own, NO_PASSWORD);
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int number = 0;
            for (Certificate trustee : authority.isPresent() ? certificates(authority.get()) : List.<Certificate>of()) {
                trusted.setCertificateEntry("ca-" + number++, trustee);
            }
            trust.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return new TlsCredentials(context, authority.isPresent());
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS credentials cannot be used: " + e.getMessage(), e);
        }
    }

    private static List<Certificate> certificates(Path file) throws IOException {
        try {
            var in = new ByteArrayInputStream(Files.readAllBytes(file));
            List<Certificate> found =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (found.isEmpty()) {
                throw new IOException("'%s' holds no certificate".formatted(file));
            }
            return found;
        } catch (GeneralSecurityException e) {
            throw new IOException("'%s' holds no certificate in PEM: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher found = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!found.find() || !found.group(1).isEmpty()) {
            throw new IOException(
                    "'%s' holds no private key in PEM as PKCS #8; 'openssl pkcs8 -topk8 -nocrypt' makes one of another"
                            .formatted(file));
        }
        var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(2)));
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException _) {
                continue;
            }
        }
        throw new IOException("the key in '%s' is none of RSA, EC, EdDSA".formatted(file));
    }

    SSLEngine serverEngine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(clientsAreChecked);
        engine.setEnabledProtocols(PROTOCOLS.toArray(String[]::new));
        return engine;
    }

    /// A client's socket over one that is connected; no word was said yet. Closing it closes `plain`.
    ///
    /// @param verified false takes any name in the server's certificate
    public SSLSocket clientSocket(Socket plain, String host, int port, boolean verified) throws IOException {
        var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
        socket.setUseClientMode(true);
        socket.setEnabledProtocols(PROTOCOLS.toArray(String[]::new));
        if (verified) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
        }
        return socket;
    }

    /// @param host the name that the server's certificate must have
    SSLEngine clientEngine(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(PROTOCOLS.toArray(String[]::new));
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // compares names as browsers do (RFC 2818)
        engine.setSSLParameters(parameters);
        return engine;
    }
}
