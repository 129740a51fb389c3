package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.virtkeep.model.ByteRange;

/// The status of consecutive extents in one context, compactly. Immutable.
final class Extents {
    static final int WIRE_BYTES = 8;

    private final long start;
    private final long[] ends;
    private final int[] flags;

    private Extents(long start, long[] ends, int[] flags) {
        this.start = start;
        this.ends = ends;
        this.flags = flags;
    }

    /// One extent with the same flags over the whole `range`.
    static Extents uniform(ByteRange range, int flags) {
        return new Extents(range.offset(), new long[] {range.end()}, new int[] {flags});
    }

    /// Takes descriptors (length, flags) up to the end of `in`. What lies beyond `limit` is cut off.
    ///
    /// @param asked the request: all but the last extent must end before its end
    /// @param limit the export's size
    /// @throws NbdException.Protocol if there is none, one is empty, or there are more than the request needs
    static Extents decode(ByteRange asked, long limit, PayloadReader in) throws NbdException.Protocol {
        if (in.remaining() == 0 || in.remaining() % WIRE_BYTES != 0) {
            throw in.invalid("%d bytes of extents", in.remaining());
        }
        var builder = new Builder(asked.offset(), in.remaining() / WIRE_BYTES);
        while (in.remaining() > 0) {
            if (builder.end() >= asked.end()) {
                throw in.invalid("extents beyond the end of the request");
            }
            long length = Integer.toUnsignedLong(in.int32());
            if (length == 0) {
                throw in.invalid("an empty extent");
            }
            builder.add(Math.min(builder.end() + length, limit), in.int32());
        }
        return builder.build();
    }

    long start() {
        return start;
    }

    /// The first byte that nothing is known of.
    long end() {
        return ends[ends.length - 1];
    }

    int count() {
        return ends.length;
    }

    /// The same extents with other flags.
    Extents withFlags(IntUnaryOperator change) {
        var builder = new Builder(start, ends.length);
        for (int i = 0; i < ends.length; i++) {
            builder.add(ends[i], change.applyAsInt(flags[i]));
        }
        return builder.build();
    }

    /// Writes descriptors for the part of `range` that is known, which must contain the range's start.
    ///
    /// @param most the most that are written
    void encode(ByteRange range, int most, ByteBuffer out) {
        long at = range.offset();
        int index = indexOf(at);
        for (int written = 0; written < most && index < ends.length && at < range.end(); written++, index++) {
            long end = Math.min(ends[index], range.end());
            out.putInt((int) (end - at)).putInt(flags[index]);
            at = end;
        }
    }

    /// How many descriptors [#encode] would write without a limit.
    int countIn(ByteRange range) {
        int first = indexOf(range.offset());
        int last = indexOf(Math.min(range.end(), end()) - 1);
        return last - first + 1;
    }

    List<Extent> toList() {
        var list = new ArrayList<Extent>(ends.length);
        long at = start;
        for (int i = 0; i < ends.length; i++) {
            list.add(new Extent(new ByteRange(at, ends[i] - at), flags[i]));
            at = ends[i];
        }
        return list;
    }

    /// The extent that contains `offset`.
    private int indexOf(long offset) {
        if (offset < start || offset >= end()) {
            throw new IndexOutOfBoundsException(offset + " is outside of [" + start + ", " + end() + ")");
        }
        int found = Arrays.binarySearch(ends, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /// Collects extents in order; neighbours with the same flags become one.
    static final class Builder {
        private final long start;
        private final long[] ends;
        private final int[] flags;
        private int count;

        Builder(long start, int capacity) {
            this.start = start;
            this.ends = new long[capacity];
            this.flags = new int[capacity];
        }

        long end() {
            return count == 0 ? start : ends[count - 1];
        }

        /// Adds an extent from the current end to `end`; one that is empty is ignored.
        void add(long end, int flag) {
            if (end <= end()) {
                return;
            }
            if (count > 0 && flags[count - 1] == flag) {
                ends[count - 1] = end;
            } else {
                ends[count] = end;
                flags[count++] = flag;
            }
        }

        /// @throws IllegalStateException if nothing was added
        Extents build() {
            if (count == 0) {
                throw new IllegalStateException("no extents");
            }
            return new Extents(start, Arrays.copyOf(ends, count), Arrays.copyOf(flags, count));
        }
    }
}
