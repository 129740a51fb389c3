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
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what PEM files hold (RFC 7468).
final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ((?:[A-Z]+ )?)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");
    private static final Set<String> FORMS = Set.of("", "RSA ", "EC ");

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

    /// Takes PKCS #8, and the older forms of RSA and EC keys that certtool writes.
    static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        Matcher found = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!found.find() || !FORMS.contains(found.group(1))) {
            throw new IOException(
                    "'%s' holds no private key in PEM without a passphrase; 'openssl pkcs8 -topk8 -nocrypt' makes one of another"
                            .formatted(file));
        }
        byte[] bytes = decoded(file, found.group(2));
        byte[] pkcs8 = switch (found.group(1)) {
            case "RSA " -> OlderKeys.rsa(bytes);
            case "EC " -> OlderKeys.ec(bytes);
            default -> bytes;
        };
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException _) {
                continue;
            }
        }
        throw new IOException("the key in '%s' is none of RSA, EC, EdDSA".formatted(file));
    }

    private static byte[] decoded(Path file, String base64) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IOException("the key in '%s' is damaged: %s".formatted(file, e.getMessage()), e);
        }
    }
}
