package org.virtkeep.model;

/// The part of the system that raised an error, as libvirt names it (`virErrorDomain`).
public enum ErrorDomain {
    NONE(0),
    XML(5),
    RPC(7),
    QEMU(10),
    NET(11),
    TEST(12),
    REMOTE(13),
    STORAGE(18),
    NETWORK(19),
    DOMAIN(20),
    NODEDEV(22),
    SECURITY(24),
    INTERFACE(26),
    SECRET(30),
    CPU(31),
    NWFILTER(33),
    DOMAIN_SNAPSHOT(35),
    STREAMS(38),
    EVENT(40),
    LOCKING(42),
    CAPABILITIES(44),
    URI(45),
    AUTH(46),
    ACCESS(55),
    POLKIT(60),
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
