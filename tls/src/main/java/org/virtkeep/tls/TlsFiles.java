package org.virtkeep.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// Where the PEM files of one side of a TLS connection are. Immutable.
///
/// @param identity  who we are; empty for a client that does not say
/// @param authority certificates of those who vouch for the other side; without it nobody is trusted
public record TlsFiles(Optional<Identity> identity, Optional<Path> authority) {
    /// Best first. Older versions are not spoken.
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private static final char[] NO_PASSWORD = {};

    // Sessions are long and never resumed, so our servers give no tickets for it. libvirt's clients even fail on one:
    // they want the byte that welcomes them to be the first that arrives.
    static {
        System.getProperties().putIfAbsent("jdk.tls.server.newSessionTicketCount", "0");
    }

    /// @param certificate or a chain of them, our own first
    /// @param key         its private key without a passphrase: PKCS #8, PKCS #1 or SEC 1
    public record Identity(Path certificate, Path key) {}

    /// Reads the files. Later changes of them are not noticed.
    ///
    /// @throws IOException if one is missing or not what it should be; the message names it
    public SSLContext context() throws IOException {
        try {
            return context(UnlistedAuthorities.of(trustManagers()));
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /// As [#context], for a client that takes any server for the one it wants. Who sits between the two can read
    /// everything.
    ///
    /// @throws IOException as [#context]
    public SSLContext contextForAnyServer() throws IOException {
        return context(new AnyServer());
    }

    private SSLContext context(TrustManager... trust) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    private static IOException unusable(GeneralSecurityException e) {
        return new IOException("TLS credentials cannot be used: " + e.getMessage(), e);
    }

    private KeyManager[] keyManagers() throws IOException, GeneralSecurityException {
        KeyStore own = emptyStore();
        if (identity.isPresent()) {
            Certificate[] chain = Pem.certificates(identity.get().certificate()).toArray(Certificate[]::new);
            own.setKeyEntry("own", Pem.privateKey(identity.get().key()), NO_PASSWORD, chain);
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, NO_PASSWORD);
        return keys.getKeyManagers();
    }

    private TrustManager[] trustManagers() throws IOException, GeneralSecurityException {
        KeyStore trusted = emptyStore();
        int number = 0;
        for (Certificate trustee : authority.isPresent() ? Pem.certificates(authority.get()) : List.<Certificate>of()) {
            trusted.setCertificateEntry("ca-" + number++, trustee);
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust.getTrustManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
