package org.virtkeep.nbd;

import java.util.Optional;

/// Ends when a number of calls have ended: with their first failure, or with success. Thread-safe; never waits.
final class AllOf implements Completion {
    private final Completion then;
    // Guarded by this.
    private int open;
    private Optional<NbdException> failure = Optional.empty();

    /// @param calls at least one
    AllOf(int calls, Completion then) {
        this.open = calls;
        this.then = then;
    }

    @Override
    public void done(Optional<NbdException> problem) {
        Optional<NbdException> first;
        synchronized (this) {
            failure = failure.or(() -> problem);
            first = failure;
            if (--open > 0) {
                return;
            }
        }
        then.done(first);
    }
}
