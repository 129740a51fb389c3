package org.virtkeep.nbd;

import org.virtkeep.model.ByteRange;

/// A request whose reply has no content: write, flush, trim, write zeroes.
final class PlainCall extends Call {
    PlainCall(Command command, int flags, ByteRange range, Completion completion) {
        super(command, flags, range, completion);
    }

    @Override
    void checkWhole() {}
}
