package org.virtkeep.nbd;

import java.util.Optional;

/// How a server answers an option (`NBD_REP_…`).
enum OptionReplyType {
    ACK(1),
    SERVER(2),
    INFO(3),
    META_CONTEXT(4),
    ERR_UNSUP(0x80000001),
    ERR_POLICY(0x80000002),
    ERR_INVALID(0x80000003),
    ERR_PLATFORM(0x80000004),
    ERR_TLS_REQD(0x80000005),
    ERR_UNKNOWN(0x80000006),
    ERR_SHUTDOWN(0x80000007),
    ERR_BLOCK_SIZE_REQD(0x80000008),
    ERR_TOO_BIG(0x80000009),
    ERR_EXT_HEADER_REQD(0x8000000a);

    private final int wireValue;

    OptionReplyType(int wireValue) {
        this.wireValue = wireValue;
    }

    int wireValue() {
        return wireValue;
    }

    /// True for the wire values that end an option with an error, known or not: bit 31 is set.
    static boolean isError(int wireValue) {
        return wireValue < 0;
    }

    static Optional<OptionReplyType> of(int wireValue) {
        for (OptionReplyType value : values()) {
            if (value.wireValue == wireValue) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
