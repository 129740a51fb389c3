package org.virtkeep.nbd;

import java.util.Optional;

/// What happens when a [Call] has ended. Runs on whatever thread ended it, so it must not block.
interface Completion {
    /// @param failure empty on success
    void done(Optional<NbdException> failure);
}
