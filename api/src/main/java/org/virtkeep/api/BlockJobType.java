package org.virtkeep.api;

import java.util.Arrays;
import java.util.Optional;

/// What a job does that works on a disk, with libvirt's numbers (`virDomainBlockJobType`).
public enum BlockJobType {
    /// Images of the backing chain are pulled into the active one.
    PULL(1),
    /// The disk is copied, and may go over to the copy.
    COPY(2),
    /// Images below the active one are merged into one below.
    COMMIT(3),
    /// The active image is merged into one below, and the disk may go over to that.
    ACTIVE_COMMIT(4),
    /// A disk of a backup.
    BACKUP(5);

    private final int wireValue;

    BlockJobType(int wireValue) {
        this.wireValue = wireValue;
    }

    public int wireValue() {
        return wireValue;
    }

    /// True if the job waits, when it has caught up, until it is told to go over or to end.
    public boolean canPivot() {
        return this == COPY || this == ACTIVE_COMMIT;
    }

    /// Empty for a number that a later libvirt may have.
    public static Optional<BlockJobType> of(int wireValue) {
        return Arrays.stream(values())
                .filter(type -> type.wireValue == wireValue)
                .findFirst();
    }
}
