package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Credentials;
import picocli.CommandLine.Option;

/// The passphrase or key file that shall open a repository from now on.
final class NewKey {
    @Option(
            names = "--new-passphrase-file",
            paramLabel = "FILE",
            description = "file with the new passphrase; without this and --new-key-file you are asked")
    private Path passphraseFile;

    @Option(names = "--new-key-file", paramLabel = "FILE", description = "new key file, 32 bytes or more")
    private Path keyFile;

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
