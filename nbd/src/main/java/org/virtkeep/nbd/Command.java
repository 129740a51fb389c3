package org.virtkeep.nbd;

import java.util.Optional;

/// What a client asks in the transmission phase (`NBD_CMD_…`).
enum Command {
    READ(0),
    WRITE(1),
    DISC(2),
    FLUSH(3),
    TRIM(4),
    CACHE(5),
    WRITE_ZEROES(6),
    BLOCK_STATUS(7);

    private final int wireValue;

    Command(int wireValue) {
        this.wireValue = wireValue;
    }

    int wireValue() {
        return wireValue;
    }

    static Optional<Command> of(int wireValue) {
        for (Command value : values()) {
            if (value.wireValue == wireValue) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
