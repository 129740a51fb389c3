package org.virtkeep.nbd;

import java.util.Optional;

/// Chunks of a structured reply (`NBD_REPLY_TYPE_…`).
enum ReplyType {
    NONE(0),
    OFFSET_DATA(1),
    OFFSET_HOLE(2),
    BLOCK_STATUS(5),
    ERROR(0x8001),
    ERROR_OFFSET(0x8002);

    private final int wireValue;

    ReplyType(int wireValue) {
        this.wireValue = wireValue;
    }

    int wireValue() {
        return wireValue;
    }

    /// True for the wire values of error chunks, known or not: bit 15 is set.
    static boolean isError(int wireValue) {
        return (wireValue & 0x8000) != 0;
    }

    static Optional<ReplyType> of(int wireValue) {
        for (ReplyType value : values()) {
            if (value.wireValue == wireValue) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
