package org.virtkeep.api;

/// Which checkpoints a listing shows, and in which order, with libvirt's bits
/// (`virDomainCheckpointListFlags`). LEAVES and NO_LEAVES together are no filter.
public enum CheckpointFilter {
    /// Of a domain: only those without a parent.
    ROOTS(1),
    /// Of a checkpoint: not only its children, but also what follows those.
    DESCENDANTS(1),
    /// Parents before their children; otherwise the order is not specified.
    TOPOLOGICAL(1 << 1),
    /// Only those without children.
    LEAVES(1 << 2),
    /// Only those with children.
    NO_LEAVES(1 << 3);

    private final int wireValue;

    CheckpointFilter(int wireValue) {
        this.wireValue = wireValue;
    }

    public int wireValue() {
        return wireValue;
    }
}
