package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.List;

/// A stretch of memory, made of one or more pages of the same size. Not thread-safe; the bytes belong to
/// whoever the user of this class says.
final class PageSpan {
    private final List<ByteBuffer> pages;
    private final int pageBytes;
    private final int start;
    private final int length;

    /// @param pages  whole pages of `pageBytes` each; their positions do not matter
    /// @param length how much of them is used, from the start of the first
    PageSpan(List<ByteBuffer> pages, int pageBytes, int length) {
        if (length > (long) pages.size() * pageBytes) {
            throw new IllegalArgumentException(
                    length + " bytes do not fit in " + pages.size() + " pages of " + pageBytes);
        }
        this(pages, pageBytes, 0, length);
    }

    private PageSpan(List<ByteBuffer> pages, int pageBytes, int start, int length) {
        this.pages = pages;
        this.pageBytes = pageBytes;
        this.start = start;
        this.length = length;
    }

    /// The `count` bytes at `offset` of the same memory.
    PageSpan part(int offset, int count) {
        java.util.Objects.checkFromIndexSize(offset, count, length);
        return new PageSpan(pages, pageBytes, start + offset, count);
    }

    /// What remains in `buffer`, whose position stays.
    static PageSpan of(ByteBuffer buffer) {
        return new PageSpan(List.of(buffer.slice()), Math.max(1, buffer.remaining()), buffer.remaining());
    }

    int length() {
        return length;
    }

    List<ByteBuffer> pages() {
        return pages;
    }

    /// How many buffers [#slices] adds.
    int sliceCount(int offset, int count) {
        int first = start + offset;
        return count == 0 ? 0 : (first + count - 1) / pageBytes - first / pageBytes + 1;
    }

    /// Adds views of the `count` bytes at `offset` to `into`, from index `at`.
    ///
    /// @return the index after the last one added
    int slices(int offset, int count, ByteBuffer[] into, int at) {
        java.util.Objects.checkFromIndexSize(offset, count, length);
        int next = at;
        int done = 0;
        while (done < count) {
            int within = (start + offset + done) % pageBytes;
            int size = Math.min(count - done, pageBytes - within);
            into[next++] = pages.get((start + offset + done) / pageBytes).slice(within, size);
            done += size;
        }
        return next;
    }

    /// Views of the `count` bytes at `offset`.
    ByteBuffer[] slices(int offset, int count) {
        var views = new ByteBuffer[sliceCount(offset, count)];
        slices(offset, count, views, 0);
        return views;
    }

    void zero(int offset, int count) {
        for (ByteBuffer view : slices(offset, count)) {
            while (view.remaining() >= Long.BYTES) {
                view.putLong(0);
            }
            while (view.hasRemaining()) {
                view.put((byte) 0);
            }
        }
    }

    /// Copies `bytes` to `offset`.
    void put(int offset, ByteBuffer bytes) {
        for (ByteBuffer view : slices(offset, bytes.remaining())) {
            view.put(bytes.slice(bytes.position(), view.remaining()));
            bytes.position(bytes.position() + view.limit());
        }
    }
}
