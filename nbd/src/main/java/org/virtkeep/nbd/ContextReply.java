package org.virtkeep.nbd;

import java.nio.ByteBuffer;

/// The payload of `NBD_REP_META_CONTEXT`.
///
/// @param id what block status replies call the context; meaningless in a mere list
record ContextReply(int id, String name) {
    ByteBuffer encode() {
        return new PayloadWriter().int32(id).bareString(name).done();
    }

    static ContextReply decode(ByteBuffer payload) throws NbdException.Protocol {
        var in = new PayloadReader("NBD_REP_META_CONTEXT", payload);
        return new ContextReply(in.int32(), in.string(in.remaining()));
    }
}
