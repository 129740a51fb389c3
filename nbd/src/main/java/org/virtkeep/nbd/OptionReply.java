package org.virtkeep.nbd;

import java.nio.ByteBuffer;

/// The header of a reply to an option: magic, the option again, type, length of what follows.
///
/// @param option an [Option]'s wire value
/// @param type   an [OptionReplyType]'s wire value, known or not
record OptionReply(int option, int type, int lengthBytes) {
    static final int HEADER_BYTES = 20;

    static ByteBuffer encode(int option, OptionReplyType type, ByteBuffer payload) {
        return new PayloadWriter()
                .int64(Magic.OPTION_REPLY)
                .int32(option)
                .int32(type.wireValue())
                .int32(payload.remaining())
                .bytes(payload)
                .done();
    }

    /// @throws NbdException.Protocol on a wrong magic, or if more than [NbdLimits#OPTION_REPLY_BYTES] are announced
    static OptionReply decode(ByteBuffer header) throws NbdException.Protocol {
        var in = new PayloadReader("the reply to an option", header);
        if (in.int64() != Magic.OPTION_REPLY) {
            throw in.invalid("a wrong magic number");
        }
        return new OptionReply(in.int32(), in.int32(), in.count("bytes of payload", NbdLimits.OPTION_REPLY_BYTES));
    }

    boolean is(OptionReplyType expected) {
        return type == expected.wireValue();
    }
}
