package org.virtkeep.rpc;

/// A value that cannot be sent because the protocol has a limit that it exceeds. A programming error on the
/// side that builds the value; nothing has been sent.
public final class XdrLimitException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    XdrLimitException(String message) {
        super(message);
    }
}
