package org.virtkeep.rpc;

import java.io.IOException;

/// A message that does not follow its XDR description (RFC 4506), or that announces more than its limit. Only
/// this message is lost: where the next one starts is known.
public final class XdrException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int offset;

    XdrException(int offset, String why) {
        super("at byte %d of the packet: %s".formatted(offset, why));
        this.offset = offset;
    }

    /// Where the item that is wrong starts, in bytes from the packet's length word.
    public int offset() {
        return offset;
    }
}
