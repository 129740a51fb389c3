package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Certificates of a test, made with openssl: an authority, and those that it signs. All are files in one folder:
/// `ca-cert.pem`, `ca-key.pem`, and for each NAME `NAME-cert.pem` and `NAME-key.pem`.
///
/// @param folder where they are
public record Certificates(Path folder) {

    /// Makes an authority in `folder`. Ends the test if there is no openssl.
    public static Certificates in(Path folder) {
        Tools.require("openssl");
        var certificates = new Certificates(folder);
        certificates.makeAuthority("ca");
        return certificates;
    }

    /// Makes `NAME-cert.pem`, `NAME-key.pem` of an authority, whatever its files are called, with the name `ca`.
    public void makeAuthority(String name) {
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout %1$s-key.pem -out %1$s-cert.pem"
                .formatted(name));
    }

    /// A certificate for a server on this host.
    public void signServer(String name) {
        sign(name, "ca", "subjectAltName=DNS:localhost");
    }

    /// A certificate for a client, signed by the authority `authority`.
    public void signClient(String name, String authority) {
        sign(name, authority, "extendedKeyUsage=clientAuth\nkeyUsage=digitalSignature,keyEncipherment\n");
    }

    private void sign(String name, String authority, String extensions) {
        try {
            Files.writeString(folder.resolve(name + "-ext"), extensions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        openssl("req -newkey rsa:2048 -nodes -subj /CN=%1$s -keyout %1$s-key.pem -out %1$s.csr".formatted(name));
        openssl(("x509 -req -days 2 -in %1$s.csr -CA %2$s-cert.pem -CAkey %2$s-key.pem -CAcreateserial"
                        + " -out %1$s-cert.pem -extfile %1$s-ext")
                .formatted(name, authority));
    }

    private void openssl(String words) {
        Tool.run("sh", "-c", "cd '%s' && openssl %s 2>&1".formatted(folder, words));
    }
}
