package org.virtkeep.qemu.watch;

/// How many changes were known when the last one was made to some directories. No two changes have the same number.
///
/// @param number above 0
record FolderVersion(long number) implements FolderState {
    @Override
    public boolean showsChanges() {
        return true;
    }

    /// As it would be anyway, but much faster.
    @Override
    public boolean equals(Object other) {
        return other instanceof FolderVersion version && number == version.number;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }
}
