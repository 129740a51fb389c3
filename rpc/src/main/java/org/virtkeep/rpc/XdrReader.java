package org.virtkeep.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Reads XDR (RFC 4506) from one packet. Every announced size is checked against its limit, and against what
/// is left of the packet, before anything is allocated. Not thread-safe.
///
/// As libvirt does, it neither demands that padding is zero nor that the packet ends where the type ends.
final class XdrReader {
    private static final int WORD_BYTES = 4;

    private final ByteBuffer bytes;

    /// @param offset where reading starts; positions that errors name count from the start of `packet`
    XdrReader(byte[] packet, int offset) {
        this.bytes = ByteBuffer.wrap(packet);
        bytes.position(offset);
    }

    int position() {
        return bytes.position();
    }

    int int32() throws XdrException {
        require(Integer.BYTES);
        return bytes.getInt();
    }

    long int64() throws XdrException {
        require(Long.BYTES);
        return bytes.getLong();
    }

    double float64() throws XdrException {
        require(Double.BYTES);
        return bytes.getDouble();
    }

    /// Zero is false, anything else is true: some clients write other numbers than one.
    boolean bool() throws XdrException {
        return int32() != 0;
    }

    UUID uuid() throws XdrException {
        require(2 * Long.BYTES);
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    /// Reads a string of at most [Limits#STRING_BYTES] bytes.
    ///
    /// @throws XdrException also if it is not UTF-8 or has a NUL inside: such a name would mean one object to
    ///     us and another to a peer written in C
    String string() throws XdrException {
        int at = position();
        byte[] text = counted(Limits.STRING_BYTES, "string");
        for (byte character : text) {
            if (character == 0) {
                throw new XdrException(at, "string with a NUL inside");
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new XdrException(at, "string that is not UTF-8");
        }
    }

    /// Reads a string that is only shown to people: what is not UTF-8 in it becomes U+FFFD.
    String text() throws XdrException {
        return new String(counted(Limits.STRING_BYTES, "string"), StandardCharsets.UTF_8);
    }

    /// Reads at most `maxBytes` counted bytes.
    byte[] opaque(int maxBytes) throws XdrException {
        return counted(maxBytes, "opaque data");
    }

    /// Reads `count` C characters, each of which takes four bytes; only the low byte of each counts.
    byte[] characters(int count) throws XdrException {
        require((long) count * WORD_BYTES);
        byte[] characters = new byte[count];
        for (int i = 0; i < count; i++) {
            characters[i] = (byte) bytes.getInt();
        }
        return characters;
    }

    /// Reads a counted array of at most `max` C characters.
    byte[] countedCharacters(int max) throws XdrException {
        return characters(count(max, "array of characters"));
    }

    Optional<String> optionalString() throws XdrException {
        return bool() ? Optional.of(string()) : Optional.empty();
    }

    Optional<String> optionalText() throws XdrException {
        return bool() ? Optional.of(text()) : Optional.empty();
    }

    <T> Optional<T> optional(XdrCodec<T> codec) throws XdrException {
        return bool() ? Optional.of(codec.read(this)) : Optional.empty();
    }

    /// Reads a counted array of at most `max` items.
    <T> List<T> list(int max, XdrCodec<T> codec) throws XdrException {
        int count = count(max, "array");
        var items = new ArrayList<T>(count);
        for (int i = 0; i < count; i++) {
            items.add(codec.read(this));
        }
        return List.copyOf(items);
    }

    /// No item takes less than a word, so a count that the rest of the packet cannot hold is refused here.
    private int count(int max, String what) throws XdrException {
        int at = position();
        int count = int32();
        if (count < 0 || count > max) {
            throw new XdrException(
                    at, "%s of %s items exceeds the limit of %d".formatted(what, Integer.toUnsignedString(count), max));
        }
        if ((long) count * WORD_BYTES > bytes.remaining()) {
            throw new XdrException(
                    at, "%s of %d items does not fit in the %d bytes left".formatted(what, count, bytes.remaining()));
        }
        return count;
    }

    private byte[] counted(int maxBytes, String what) throws XdrException {
        int at = position();
        int length = int32();
        if (length < 0 || length > maxBytes) {
            throw new XdrException(
                    at,
                    "%s of %s bytes exceeds the limit of %d"
                            .formatted(what, Integer.toUnsignedString(length), maxBytes));
        }
        int padded = (length + WORD_BYTES - 1) & -WORD_BYTES;
        require(padded);
        byte[] content = new byte[length];
        bytes.get(content);
        bytes.position(bytes.position() + padded - length);
        return content;
    }

    private void require(long count) throws XdrException {
        if (bytes.remaining() < count) {
            throw new XdrException(
                    position(), "%d bytes needed, %d bytes left in the packet".formatted(count, bytes.remaining()));
        }
    }
}
