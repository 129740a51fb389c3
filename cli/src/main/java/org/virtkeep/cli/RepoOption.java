package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.virtkeep.api.RepositorySecret;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.LocalStorage;
import org.virtkeep.repository.Repository;
import org.virtkeep.transfer.Secrets;

/// The repository that a command works with, when its arguments are about something else.
final class RepoOption {
    private static final String FOLDER = "VIRTKEEP_REPO";

    private Path folder;
    private final RepoKeys keys = new RepoKeys();

    /// Tells the parser of them.
    void declare(Options options) {
        options.path(
                "--repo",
                "DIR",
                "the repository's folder; without it the environment variable " + FOLDER + " names it",
                path -> folder = path);
        keys.declare(options);
    }

    /// Whether the option was given; the environment does not count.
    boolean isGiven() {
        return folder != null;
    }

    /// Opens it; the caller closes it.
    ///
    /// @throws VirtException INVALID_ARG if no repository is named
    Repository open(Surroundings surroundings) throws IOException {
        return RepoAccess.open(folder(surroundings), keys, surroundings);
    }

    /// What opens it, as [#open] would do it; a person may be asked.
    RepositorySecret secret(Surroundings surroundings) throws IOException {
        return Secrets.of(RepoAccess.credentials(LocalStorage.open(folder(surroundings)), keys, surroundings));
    }

    Path folder(Surroundings surroundings) {
        if (folder != null) {
            return folder;
        }
        String named = surroundings.environment().getOrDefault(FOLDER, "");
        if (named.isEmpty()) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.NONE,
                    "no repository is named: give --repo DIR, or set " + FOLDER + "; 'repo init' creates one");
        }
        return Path.of(named);
    }
}
