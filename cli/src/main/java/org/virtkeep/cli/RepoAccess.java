package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Credentials;
import org.virtkeep.repository.LocalStorage;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositorySettings;

/// Opens the repository in a folder with what was given to open it.
final class RepoAccess {
    private RepoAccess() {}

    /// The caller closes it.
    static Repository open(Path folder, RepoKeys keys, Surroundings surroundings) throws IOException {
        LocalStorage storage = LocalStorage.open(folder);
        return Repository.open(storage, credentials(storage, keys, surroundings), RepositorySettings.defaults());
    }

    /// What opens the repository; a person is asked only if it is encrypted and nothing else is known.
    static Credentials credentials(LocalStorage storage, RepoKeys keys, Surroundings surroundings) throws IOException {
        if (keys.conflict()) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.NONE,
                    "give --passphrase-file or --key-file, not both: one of them opens the repository");
        }
        Optional<Credentials> given = keys.given(surroundings);
        if (given.isPresent()) {
            return given.get();
        }
        return Repository.isEncrypted(storage)
                ? RepoKeys.asked(surroundings, "Passphrase of " + storage).orElseGet(Credentials::none)
                : Credentials.none();
    }
}
