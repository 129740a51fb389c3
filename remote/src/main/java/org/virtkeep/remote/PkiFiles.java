package org.virtkeep.remote;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Where a client's certificates are, by libvirt's rules.
///
/// @param authority   tells which daemons to trust
/// @param certificate shows who we are; there may be none
/// @param key         of the certificate
record PkiFiles(Path authority, Path certificate, Path key) {
    private static final Path MACHINE_AUTHORITY = Path.of("/etc/pki/CA/cacert.pem");
    private static final Path MACHINE = Path.of("/etc/pki/libvirt");

    /// The folder that a URI names, else for a plain user `~/.pki/libvirt` if it has any of the files, else the
    /// machine's.
    static PkiFiles find(Optional<Path> named, Path home, boolean superuser) {
        if (named.isPresent()) {
            return in(named.get());
        }
        PkiFiles own = in(home.resolve(".pki/libvirt"));
        boolean hasOwn = Stream.of(own.authority, own.certificate, own.key).anyMatch(Files::exists);
        if (!superuser && hasOwn) {
            return Files.exists(own.authority) ? own : new PkiFiles(MACHINE_AUTHORITY, own.certificate, own.key);
        }
        return new PkiFiles(
                MACHINE_AUTHORITY, MACHINE.resolve("clientcert.pem"), MACHINE.resolve("private/clientkey.pem"));
    }

    private static PkiFiles in(Path folder) {
        return new PkiFiles(
                folder.resolve("cacert.pem"), folder.resolve("clientcert.pem"), folder.resolve("clientkey.pem"));
    }
}
