package org.virtkeep.nbd;

import java.nio.ByteBuffer;

/// The payload of an error chunk. An offset after the message, and what unknown kinds add, is ignored.
record ErrorChunk(NbdError error, String message) {
    /// The longest that we accept: error, length of message, message, offset, and some room.
    static final int MAXIMUM_BYTES = Integer.BYTES + Short.BYTES + NbdLimits.STRING_BYTES + 64;

    static ErrorChunk decode(ByteBuffer payload) throws NbdException.Protocol {
        var in = new PayloadReader("an error chunk", payload);
        int error = in.int32();
        if (error == 0) {
            throw in.invalid("no error");
        }
        int length = in.int16();
        if (length > Math.min(in.remaining(), NbdLimits.STRING_BYTES)) {
            throw in.invalid("%d bytes of message, more than %d", length, in.remaining());
        }
        return new ErrorChunk(
                NbdError.of(error),
                new PayloadReader("an error chunk", payload.slice(payload.position(), length)).message());
    }
}
