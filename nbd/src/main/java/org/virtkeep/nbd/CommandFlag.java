package org.virtkeep.nbd;

/// How a command is to be done (`NBD_CMD_FLAG_…`).
enum CommandFlag {
    FUA(0),
    NO_HOLE(1),
    DF(2),
    REQ_ONE(3),
    FAST_ZERO(4);

    private final int mask;

    CommandFlag(int bit) {
        this.mask = 1 << bit;
    }

    int mask() {
        return mask;
    }

    boolean isIn(int flags) {
        return (flags & mask) != 0;
    }
}
