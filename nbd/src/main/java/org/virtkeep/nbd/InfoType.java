package org.virtkeep.nbd;

import java.util.Optional;

/// Kinds of information about an export (`NBD_INFO_…`).
enum InfoType {
    EXPORT(0),
    NAME(1),
    DESCRIPTION(2),
    BLOCK_SIZE(3);

    private final int wireValue;

    InfoType(int wireValue) {
        this.wireValue = wireValue;
    }

    int wireValue() {
        return wireValue;
    }

    static Optional<InfoType> of(int wireValue) {
        for (InfoType value : values()) {
            if (value.wireValue == wireValue) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
