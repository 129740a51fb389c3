package org.virtkeep.nbd;

import java.util.Optional;

/// What a client asks during the handshake (`NBD_OPT_…`).
enum Option {
    EXPORT_NAME(1),
    ABORT(2),
    LIST(3),
    STARTTLS(5),
    INFO(6),
    GO(7),
    STRUCTURED_REPLY(8),
    LIST_META_CONTEXT(9),
    SET_META_CONTEXT(10),
    EXTENDED_HEADERS(11);

    private final int wireValue;

    Option(int wireValue) {
        this.wireValue = wireValue;
    }

    int wireValue() {
        return wireValue;
    }

    static Optional<Option> of(int wireValue) {
        for (Option value : values()) {
            if (value.wireValue == wireValue) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
