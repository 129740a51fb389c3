package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Credentials;

/// The passphrase or key file that shall open a repository from now on.
final class NewKey {
    private Path passphraseFile;
    private Path keyFile;

    /// Tells the parser of them.
    void declare(Options options) {
        options.path(
                "--new-passphrase-file",
                "FILE",
                "file with the new passphrase; without this and --new-key-file you are asked",
                path -> passphraseFile = path);
        options.path("--new-key-file", "FILE", "new key file, 32 bytes or more", path -> keyFile = path);
    }

    /// @throws VirtException INVALID_ARG if two were given, AUTH_FAILED if none, and there is nobody to ask
    Credentials get(Surroundings surroundings) throws IOException {
        if (passphraseFile != null && keyFile != null) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.NONE,
                    "give --new-passphrase-file or --new-key-file, not both; 'repo key add' adds a second one");
        }
        Optional<Credentials> named = SecretFile.credentials(passphraseFile, keyFile);
        return named.or(() -> NewPassphrase.ask(surroundings))
                .orElseThrow(() -> new VirtException(
                        ErrorCode.AUTH_FAILED,
                        ErrorDomain.STORAGE,
                        "nothing new was given: give --new-passphrase-file or --new-key-file"));
    }
}
