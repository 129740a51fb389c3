package org.virtkeep.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Checks as another trust manager does, but does not tell clients whose certificates it accepts.
///
/// A server may list its authorities when it asks for a certificate (RFC 8446, 4.2.4). With such a list GnuTLS
/// 3.7, and with it libnbd and QEMU, looks for a certificate that also fits the signature algorithms, and by
/// mistake finds that no RSA key fits what TLS 1.3 allows; it then sends none. Without the list it sends the
/// one that it has.
final class UnlistedAuthorities extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager checker;

    private UnlistedAuthorities(X509ExtendedTrustManager checker) {
        this.checker = checker;
    }

    /// All of `managers`, those that check certificates in this manner.
    static TrustManager[] of(TrustManager... managers) {
        return Arrays.stream(managers)
                .map(manager -> manager instanceof X509ExtendedTrustManager checker
                        ? new UnlistedAuthorities(checker)
                        : manager)
                .toArray(TrustManager[]::new);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checker.checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checker.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checker.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checker.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checker.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checker.checkServerTrusted(chain, authType, engine);
    }
}
