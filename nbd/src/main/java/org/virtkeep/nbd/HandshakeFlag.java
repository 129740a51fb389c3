package org.virtkeep.nbd;

/// Flags of the greeting. Server (`NBD_FLAG_…`) and client (`NBD_FLAG_C_…`) use the same bits.
enum HandshakeFlag {
    FIXED_NEWSTYLE(0),
    NO_ZEROES(1);

    /// All flags that we know; a client that sets another must be dropped.
    static final int KNOWN = FIXED_NEWSTYLE.mask | NO_ZEROES.mask;

    private final int mask;

    HandshakeFlag(int bit) {
        this.mask = 1 << bit;
    }

    int mask() {
        return mask;
    }

    boolean isIn(int flags) {
        return (flags & mask) != 0;
    }
}
