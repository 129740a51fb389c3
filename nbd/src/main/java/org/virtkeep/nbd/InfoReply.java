package org.virtkeep.nbd;

import java.nio.ByteBuffer;

/// The payload of `NBD_REP_INFO`: one fact about an export.
sealed interface InfoReply {
    ByteBuffer encode();

    /// @param flags transmission flags, see [TransmissionFlag]
    record Export(long sizeBytes, int flags) implements InfoReply {
        @Override
        public ByteBuffer encode() {
            return start(InfoType.EXPORT).int64(sizeBytes).int16(flags).done();
        }
    }

    record Name(String name) implements InfoReply {
        @Override
        public ByteBuffer encode() {
            return start(InfoType.NAME).bareString(name).done();
        }
    }

    record Description(String description) implements InfoReply {
        @Override
        public ByteBuffer encode() {
            return start(InfoType.DESCRIPTION).bareString(description).done();
        }
    }

    record Sizes(BlockSizes sizes) implements InfoReply {
        @Override
        public ByteBuffer encode() {
            return start(InfoType.BLOCK_SIZE)
                    .int32(sizes.minimum())
                    .int32(sizes.preferred())
                    .int32(sizes.maximumPayload())
                    .done();
        }
    }

    /// A kind that we do not know, and must ignore.
    record Unknown(int type) implements InfoReply {
        @Override
        public ByteBuffer encode() {
            return new PayloadWriter().int16(type).done();
        }
    }

    /// @throws NbdException.Protocol also for a size above 2^63 - 1 and for sizes that the protocol forbids
    static InfoReply decode(ByteBuffer payload) throws NbdException.Protocol {
        var in = new PayloadReader("NBD_REP_INFO", payload);
        int type = in.int16();
        var known = InfoType.of(type);
        if (known.isEmpty()) {
            return new Unknown(type);
        }
        InfoReply reply = switch (known.get()) {
            case EXPORT -> export(in);
            case NAME -> new Name(in.string(in.remaining()));
            case DESCRIPTION -> new Description(in.string(in.remaining()));
            case BLOCK_SIZE -> sizes(in);
        };
        in.end();
        return reply;
    }

    private static Export export(PayloadReader in) throws NbdException.Protocol {
        long size = in.int64();
        if (size < 0) {
            throw in.invalid("a size of %s bytes", Long.toUnsignedString(size));
        }
        return new Export(size, in.int16());
    }

    private static Sizes sizes(PayloadReader in) throws NbdException.Protocol {
        int minimum = in.int32();
        int preferred = in.int32();
        long maximum = Integer.toUnsignedLong(in.int32());
        try {
            return new Sizes(new BlockSizes(minimum, preferred, (int) Math.min(maximum, NbdLimits.PAYLOAD_BYTES)));
        } catch (IllegalArgumentException e) {
            throw in.invalid("bad block sizes: %s", e.getMessage());
        }
    }

    private static PayloadWriter start(InfoType type) {
        return new PayloadWriter().int16(type.wireValue());
    }
}
