package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Builds one message in network byte order. Confined to one thread.
final class PayloadWriter {
    private ByteBuffer out = ByteBuffer.allocate(256);

    PayloadWriter int16(int value) {
        room(Short.BYTES).putShort((short) value);
        return this;
    }

    PayloadWriter int32(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    PayloadWriter int64(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    PayloadWriter bytes(byte[] bytes) {
        room(bytes.length).put(bytes);
        return this;
    }

    PayloadWriter bytes(ByteBuffer bytes) {
        room(bytes.remaining()).put(bytes.duplicate());
        return this;
    }

    /// A string with its length as 32 bits before it.
    PayloadWriter string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return int32(bytes.length).bytes(bytes);
    }

    /// A string whose length the reader knows otherwise.
    PayloadWriter bareString(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Text for people, cut to what the protocol allows.
    PayloadWriter message(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes(Arrays.copyOf(bytes, Math.min(bytes.length, NbdLimits.STRING_BYTES)));
    }

    /// What was written; this writer must not be used again.
    ByteBuffer done() {
        return out.flip();
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            out = ByteBuffer.allocate(Math.max(2 * out.capacity(), out.position() + bytes))
                    .put(out.flip());
        }
        return out;
    }
}
