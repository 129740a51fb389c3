package org.virtkeep.api;

/// What a domain is doing, with libvirt's numbers (`virDomainState`).
public enum DomainState {
    NOSTATE(0, "no state"),
    RUNNING(1, "running"),
    BLOCKED(2, "idle"),
    PAUSED(3, "paused"),
    SHUTDOWN(4, "in shutdown"),
    SHUTOFF(5, "shut off"),
    CRASHED(6, "crashed"),
    PMSUSPENDED(7, "pmsuspended");

    private final int wireValue;
    private final String label;

    DomainState(int wireValue, String label) {
        this.wireValue = wireValue;
        this.label = label;
    }

    public int wireValue() {
        return wireValue;
    }

    /// What `virsh list` prints.
    public String label() {
        return label;
    }
}
