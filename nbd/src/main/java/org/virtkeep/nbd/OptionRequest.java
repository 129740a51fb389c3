package org.virtkeep.nbd;

import java.nio.ByteBuffer;

/// The header of an option, as a client sends it: magic, option, length of what follows.
///
/// @param option      an [Option]'s wire value, known or not
/// @param lengthBytes as announced; unsigned 32 bits
record OptionRequest(int option, long lengthBytes) {
    static final int HEADER_BYTES = 16;

    static ByteBuffer encode(Option option, ByteBuffer payload) {
        return new PayloadWriter()
                .int64(Magic.OPTION)
                .int32(option.wireValue())
                .int32(payload.remaining())
                .bytes(payload)
                .done();
    }

    static OptionRequest decode(ByteBuffer header) throws NbdException.Protocol {
        var in = new PayloadReader("the header of an option", header);
        if (in.int64() != Magic.OPTION) {
            throw in.invalid("a wrong magic number");
        }
        return new OptionRequest(in.int32(), Integer.toUnsignedLong(in.int32()));
    }
}
