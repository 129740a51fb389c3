package org.virtkeep.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Writes XDR (RFC 4506) into a buffer that grows up to the largest packet. Not thread-safe.
///
/// Every method throws [XdrLimitException] for a value that the protocol cannot carry.
final class XdrWriter {
    private static final int INITIAL_BYTES = 256;
    private static final int WORD_BYTES = 4;

    private ByteBuffer bytes = ByteBuffer.allocate(INITIAL_BYTES);

    XdrWriter int32(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    XdrWriter int64(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    XdrWriter float64(double value) {
        room(Double.BYTES).putDouble(value);
        return this;
    }

    XdrWriter bool(boolean value) {
        return int32(value ? 1 : 0);
    }

    XdrWriter uuid(UUID value) {
        room(2 * Long.BYTES).putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
        return this;
    }

    XdrWriter string(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new XdrLimitException("string with a NUL inside cannot be sent");
        }
        return opaque(value.getBytes(StandardCharsets.UTF_8), Limits.STRING_BYTES);
    }

    XdrWriter opaque(byte[] value, int maxBytes) {
        if (value.length > maxBytes) {
            throw new XdrLimitException("%d bytes exceed the limit of %d".formatted(value.length, maxBytes));
        }
        int padding = -value.length & (WORD_BYTES - 1);
        room(WORD_BYTES + value.length + padding).putInt(value.length).put(value);
        for (int i = 0; i < padding; i++) {
            bytes.put((byte) 0);
        }
        return this;
    }

    /// Writes C characters, four bytes each, without a count.
    XdrWriter characters(byte[] value) {
        room(value.length * WORD_BYTES);
        for (byte character : value) {
            bytes.putInt(character);
        }
        return this;
    }

    XdrWriter countedCharacters(byte[] value, int max) {
        count(value.length, max);
        return characters(value);
    }

    XdrWriter optionalString(Optional<String> value) {
        bool(value.isPresent());
        value.ifPresent(this::string);
        return this;
    }

    <T> XdrWriter optional(Optional<T> value, XdrCodec<T> codec) {
        bool(value.isPresent());
        value.ifPresent(present -> codec.write(present, this));
        return this;
    }

    <T> XdrWriter list(List<T> items, int max, XdrCodec<T> codec) {
        count(items.size(), max);
        items.forEach(item -> codec.write(item, this));
        return this;
    }

    <T> XdrWriter value(T value, XdrCodec<T> codec) {
        codec.write(value, this);
        return this;
    }

    /// What was written, with its length in the first word.
    byte[] packet() {
        bytes.putInt(0, bytes.position());
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private void count(int count, int max) {
        if (count > max) {
            throw new XdrLimitException("%d items exceed the limit of %d".formatted(count, max));
        }
        int32(count);
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            long needed = (long) bytes.position() + more;
            if (needed > Limits.PACKET_BYTES) {
                throw new XdrLimitException("packet exceeds the limit of %d bytes".formatted(Limits.PACKET_BYTES));
            }
            int capacity = (int) Math.min(Limits.PACKET_BYTES, Math.max(needed, 2L * bytes.capacity()));
            bytes = ByteBuffer.allocate(capacity).put(bytes.flip());
        }
        return bytes;
    }
}
