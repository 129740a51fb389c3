package org.virtkeep.model;

import java.util.Objects;

/// A half-open range `[offset, offset + length)` of a disk, in bytes.
public record ByteRange(long offset, long length) implements Comparable<ByteRange> {

    /// @throws IndexOutOfBoundsException if a bound is negative or the end exceeds `Long.MAX_VALUE`
    public ByteRange {
        Objects.checkFromIndexSize(offset, length, Long.MAX_VALUE);
    }

    /// The first byte after the range.
    public long end() {
        return offset + length; // cannot overflow: checked on construction
    }

    public boolean isEmpty() {
        return length == 0;
    }

    @Override
    public int compareTo(ByteRange other) {
        return offset != other.offset ? Long.compare(offset, other.offset) : Long.compare(length, other.length);
    }
}
