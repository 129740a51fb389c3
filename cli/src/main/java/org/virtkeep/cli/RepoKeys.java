package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.repository.Credentials;

/// What opens an encrypted repository: a passphrase or a key file, from options, the environment, or a person.
final class RepoKeys {
    private static final String PASSPHRASE = "VIRTKEEP_PASSPHRASE";
    private static final String PASSPHRASE_FILE = "VIRTKEEP_PASSPHRASE_FILE";
    private static final String KEY_FILE = "VIRTKEEP_KEY_FILE";

    private Path passphraseFile;
    private Path keyFile;

    /// Tells the parser of them.
    void declare(Options options) {
        options.path(
                "--passphrase-file",
                "FILE",
                "file with the passphrase of an encrypted repository; a line's end after it does not count. "
                        + "Without this and --key-file, the environment variables " + PASSPHRASE_FILE + ", " + KEY_FILE
                        + " and "
                        + PASSPHRASE + " are looked at, and then you are asked",
                path -> passphraseFile = path);
        options.path(
                "--key-file", "FILE", "file of 32 bytes or more that opens the repository", path -> keyFile = path);
    }

    /// Whether both were given.
    boolean conflict() {
        return passphraseFile != null && keyFile != null;
    }

    /// What the options and the environment tell; empty if nothing.
    Optional<Credentials> given(Surroundings surroundings) throws IOException {
        Optional<Credentials> named = SecretFile.credentials(passphraseFile, keyFile);
        return named.isPresent() ? named : fromEnvironment(surroundings.environment());
    }

    private static Optional<Credentials> fromEnvironment(Map<String, String> environment) throws IOException {
        Optional<Credentials> named =
                SecretFile.credentials(path(environment.get(PASSPHRASE_FILE)), path(environment.get(KEY_FILE)));
        return named.isPresent()
                ? named
                : Optional.ofNullable(environment.get(PASSPHRASE))
                        .filter(text -> !text.isEmpty())
                        .map(Credentials::passphrase);
    }

    private static Path path(String name) {
        return name == null || name.isEmpty() ? null : Path.of(name);
    }

    /// Asks a person; empty if there is none.
    static Optional<Credentials> asked(Surroundings surroundings, String what) {
        return surroundings.secret().apply(what).filter(text -> !text.isEmpty()).map(Credentials::passphrase);
    }
}
