package org.virtkeep.qemu.session;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.watch.FolderState;
import org.virtkeep.qemu.watch.FolderStates;

/// What was read of the records of some domains, those asked for last. It holds as long as the [FolderState] of the
/// domain's records is the same: most clients list what they have listed before. Thread-safe.
///
/// @param <T> immutable
public final class KnownRecords<T> {
    /// Those of the domains that are asked about just now.
    private static final int MAX_KNOWN = 8;

    private record Known<T>(FolderState state, T value) {}

    private final RecentlyUsed<String, Known<T>> known = new RecentlyUsed<>(MAX_KNOWN);
    private final FolderStates states;
    private final Predicate<T> isSmall;

    /// @param isSmall false for what takes so much memory that it is not to be remembered
    public KnownRecords(FolderStates states, Predicate<T> isSmall) {
        this.states = states;
        this.isSmall = isSmall;
    }

    /// @param reading reads it from the domain's records and from nothing else
    public T of(DomainFolder folder, Supplier<T> reading) {
        Optional<FolderState> now = states.ofRecords(folder); // as it was before they are read
        Optional<Known<T>> last = known.find(folder.name());
        if (now.isPresent() && last.isPresent() && last.get().state.equals(now.get())) {
            return last.get().value;
        }
        T read = reading.get();
        if (now.filter(FolderState::showsChanges).isPresent() && isSmall.test(read)) {
            known.note(folder.name(), new Known<>(now.get(), read));
        }
        return read;
    }
}
