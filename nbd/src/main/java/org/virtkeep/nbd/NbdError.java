package org.virtkeep.nbd;

/// Error values of the transmission phase (NBD protocol, "Error values"). They look like Linux errno numbers
/// and are the same on every system.
public enum NbdError {
    EPERM(1),
    EIO(5),
    ENOMEM(12),
    EINVAL(22),
    ENOSPC(28),
    EOVERFLOW(75),
    ENOTSUP(95),
    ESHUTDOWN(108);

    private final int wireValue;

    NbdError(int wireValue) {
        this.wireValue = wireValue;
    }

    int wireValue() {
        return wireValue;
    }

    /// The error for a value on the wire. An unknown value counts as [#EINVAL], as the protocol demands.
    static NbdError of(int wireValue) {
        for (NbdError error : values()) {
            if (error.wireValue == wireValue) {
                return error;
            }
        }
        return EINVAL;
    }
}
