package org.virtkeep.nbd;

/// What an export can do (`NBD_FLAG_…` of the transmission phase).
enum TransmissionFlag {
    HAS_FLAGS(0),
    READ_ONLY(1),
    SEND_FLUSH(2),
    SEND_FUA(3),
    ROTATIONAL(4),
    SEND_TRIM(5),
    SEND_WRITE_ZEROES(6),
    SEND_DF(7),
    CAN_MULTI_CONN(8),
    SEND_RESIZE(9),
    SEND_CACHE(10),
    SEND_FAST_ZERO(11);

    private final int mask;

    TransmissionFlag(int bit) {
        this.mask = 1 << bit;
    }

    int mask() {
        return mask;
    }

    boolean isIn(int flags) {
        return (flags & mask) != 0;
    }
}
