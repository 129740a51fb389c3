package org.virtkeep.model;

/// The part of the system that raised an error, as libvirt names it (`virErrorDomain`).
public enum ErrorDomain {
    NONE(0),
    XML(5),
    RPC(7),
    QEMU(10),
    REMOTE(13),
    DOMAIN(20),
    STORAGE(18),
    DOMAIN_SNAPSHOT(35),
    STREAMS(38),
    DOMAIN_CHECKPOINT(69);

    private final int wireValue;

    ErrorDomain(int wireValue) {
        this.wireValue = wireValue;
    }

    /// The value of libvirt's constant `VIR_FROM_…`.
    public int wireValue() {
        return wireValue;
    }
}
