package org.virtkeep.repository;

/// What an entry of a pack holds.
enum EntryKind {
    /// One chunk of a disk, always the repository's chunk size long.
    CHUNK(1),
    /// One page of a map, see [MapPage].
    PAGE(2);

    final byte wireValue;

    EntryKind(int wireValue) {
        this.wireValue = (byte) wireValue;
    }

    static EntryKind of(int wireValue) throws RepositoryException.Corrupt {
        return switch (wireValue) {
            case 1 -> CHUNK;
            case 2 -> PAGE;
            default -> throw new RepositoryException.Corrupt("entry of unknown kind %d".formatted(wireValue));
        };
    }
}
