package org.virtkeep.repository;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/// 32 bytes that stand for some content: the id of a chunk, the name of a pack, the tree hash of a disk.
/// Immutable; ordered as unsigned big-endian numbers, which is the order of the hexadecimal text.
public record ContentHash(long a, long b, long c, long d) implements Comparable<ContentHash> {

    /// Length in bytes.
    static final int BYTES = 32;

    /// 32 zero bytes: in a map page, "this chunk is all zeros".
    public static final ContentHash ZERO = new ContentHash(0, 0, 0, 0);

    /// Reads 32 bytes at the buffer's position and moves it.
    static ContentHash read(ByteBuffer from) {
        return new ContentHash(from.getLong(), from.getLong(), from.getLong(), from.getLong());
    }

    static ContentHash of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a content hash has 32 bytes, not " + bytes.length);
        }
        return read(ByteBuffer.wrap(bytes));
    }

    /// Parses 64 hexadecimal digits.
    ///
    /// @throws IllegalArgumentException if the text is anything else
    public static ContentHash parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("'%s' is not 64 hexadecimal digits".formatted(hex));
        }
        return of(HexFormat.of().parseHex(hex));
    }

    void write(ByteBuffer to) {
        to.putLong(a).putLong(b).putLong(c).putLong(d);
    }

    byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        write(ByteBuffer.wrap(bytes));
        return bytes;
    }

    /// Whether this is [#ZERO].
    public boolean isZero() {
        return (a | b | c | d) == 0;
    }

    /// 64 lower-case hexadecimal digits.
    public String hex() {
        var digits = HexFormat.of();
        return digits.toHexDigits(a) + digits.toHexDigits(b) + digits.toHexDigits(c) + digits.toHexDigits(d);
    }

    @Override
    public int compareTo(ContentHash other) {
        int order = Long.compareUnsigned(a, other.a);
        order = order != 0 ? order : Long.compareUnsigned(b, other.b);
        order = order != 0 ? order : Long.compareUnsigned(c, other.c);
        return order != 0 ? order : Long.compareUnsigned(d, other.d);
    }

    @Override
    public int hashCode() {
        return (int) (a ^ a >>> 32);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContentHash hash && a == hash.a && b == hash.b && c == hash.c && d == hash.d;
    }

    @Override
    public String toString() {
        return hex();
    }
}
