package org.virtkeep.api;

/// Which domains a listing shows, with libvirt's bits (`virConnectListAllDomainsFlags`). Filters of
/// the same group are alternatives; groups are combined.
public enum DomainFilter {
    ACTIVE(1, 0),
    INACTIVE(1 << 1, 0),
    PERSISTENT(1 << 2, 1),
    TRANSIENT(1 << 3, 1),
    RUNNING(1 << 4, 2),
    PAUSED(1 << 5, 2),
    SHUTOFF(1 << 6, 2),
    OTHER(1 << 7, 2),
    /// Its memory was saved when it was stopped, which no domain of ours ever has.
    MANAGED_SAVE(1 << 8, 5),
    NO_MANAGED_SAVE(1 << 9, 5),
    /// Is started with the host.
    AUTOSTART(1 << 10, 6),
    NO_AUTOSTART(1 << 11, 6),
    HAS_SNAPSHOT(1 << 12, 7),
    NO_SNAPSHOT(1 << 13, 7),
    HAS_CHECKPOINT(1 << 14, 3),
    NO_CHECKPOINT(1 << 15, 3),
    /// Has a running backup job. Our own bits: libvirt promised such a filter and never shipped it.
    HAS_BACKUP(1 << 16, 4),
    NO_BACKUP(1 << 17, 4);

    private final int wireValue;
    private final int group;

    DomainFilter(int wireValue, int group) {
        this.wireValue = wireValue;
        this.group = group;
    }

    public int wireValue() {
        return wireValue;
    }

    /// Filters with the same number are alternatives to each other.
    public int group() {
        return group;
    }
}
