package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The header of a reply in the transmission phase.
sealed interface Reply {
    /// The request that this answers.
    long cookie();

    /// A reply without structure; for a successful read the data follows.
    ///
    /// @param error zero, or an [NbdError]'s wire value
    record Simple(int error, long cookie) implements Reply {
        static final int BYTES = 16;

        ByteBuffer encode() {
            return ByteBuffer.allocate(BYTES)
                    .putInt(Magic.SIMPLE_REPLY)
                    .putInt(error)
                    .putLong(cookie)
                    .flip();
        }
    }

    /// One chunk of a structured reply.
    ///
    /// @param done        true for the last one
    /// @param type        a [ReplyType]'s wire value, known or not
    /// @param lengthBytes unsigned 32 bits: payload after the header
    record Chunk(boolean done, int type, long cookie, long lengthBytes) implements Reply {
        static final int BYTES = 20;

        private static final int FLAG_DONE = 1;

        /// Writes the header to `out`, which has room for [#BYTES].
        ByteBuffer encode(ByteBuffer out) {
            return out.putInt(Magic.STRUCTURED_REPLY)
                    .putShort((short) (done ? FLAG_DONE : 0))
                    .putShort((short) type)
                    .putLong(cookie)
                    .putInt((int) lengthBytes);
        }

        boolean is(ReplyType expected) {
            return type == expected.wireValue();
        }

        boolean isError() {
            return ReplyType.isError(type);
        }
    }

    /// Bytes after the magic number by which the kind of a reply is known.
    static int bytesAfter(int magic) throws NbdException.Protocol {
        return switch (magic) {
            case Magic.SIMPLE_REPLY -> Simple.BYTES - Integer.BYTES;
            case Magic.STRUCTURED_REPLY -> Chunk.BYTES - Integer.BYTES;
            default ->
                throw new NbdException.Protocol("a reply starts with 0x%08x, no known magic number".formatted(magic));
        };
    }

    /// Takes [#bytesAfter] bytes.
    static Reply decode(int magic, ByteBuffer in) {
        if (magic == Magic.SIMPLE_REPLY) {
            return new Simple(in.getInt(), in.getLong());
        }
        int flags = in.getShort();
        int type = Short.toUnsignedInt(in.getShort());
        return new Chunk((flags & Chunk.FLAG_DONE) != 0, type, in.getLong(), Integer.toUnsignedLong(in.getInt()));
    }

    /// A whole `NBD_REPLY_TYPE_NONE` or `NBD_REPLY_TYPE_ERROR` chunk that ends a reply.
    static ByteBuffer none(long cookie) {
        return new Chunk(true, ReplyType.NONE.wireValue(), cookie, 0)
                .encode(ByteBuffer.allocate(Chunk.BYTES))
                .flip();
    }

    /// A whole error chunk that ends a reply.
    ///
    /// @param text for people; cut to what the protocol allows
    static ByteBuffer error(long cookie, NbdError error, String text) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        byte[] message = Arrays.copyOf(all, Math.min(all.length, NbdLimits.STRING_BYTES));
        int length = Integer.BYTES + Short.BYTES + message.length;
        return new Chunk(true, ReplyType.ERROR.wireValue(), cookie, length)
                .encode(ByteBuffer.allocate(Chunk.BYTES + length))
                .putInt(error.wireValue())
                .putShort((short) message.length)
                .put(message)
                .flip();
    }
}
