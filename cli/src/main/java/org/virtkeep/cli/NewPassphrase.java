package org.virtkeep.cli;

import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Credentials;

/// A passphrase that a person chooses.
final class NewPassphrase {
    private NewPassphrase() {}

    /// Empty if there is nobody to ask.
    ///
    /// @throws VirtException INVALID_ARG if it is not typed the same twice
    static Optional<Credentials> ask(Surroundings surroundings) {
        Optional<Credentials> first = RepoKeys.asked(surroundings, "New passphrase");
        if (first.isPresent() && !first.equals(RepoKeys.asked(surroundings, "The same again"))) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG, ErrorDomain.NONE, "the two passphrases differ; nothing was changed");
        }
        return first;
    }
}
