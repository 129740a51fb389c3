package org.virtkeep.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what PEM files hold (RFC 7468).
final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ((?:[A-Z]+ )?)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");

    private Pem() {}

    static List<Certificate> certificates(Path file) throws IOException {
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

    static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
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
}
