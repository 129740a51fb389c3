package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.virtkeep.model.ByteRange;

/// An image that can be written though what it rests on cannot: changed blocks are kept in an overlay file. The file is
/// described in `docs/formats/overlay.md`.
///
/// What was written before a flush is there after a crash; of later writes each block has its old or
/// its new content, or if it was in the file before, a mixture, as on a disk. Thread-safe. Owns the
/// file and the base.
public final class OverlayImage implements ServedImage {
    private static final int MAX_EXTENTS = 2048;
    private static final int STRIPES = 64;

    private final ServedImage base;
    private final OverlayFile file;

    /// Writers of a block hold its lock; readers hold none.
    private final ReentrantLock[] locks =
            Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(ReentrantLock[]::new);

    private OverlayImage(ServedImage base, OverlayFile file) {
        this.base = base;
        this.file = file;
    }

    /// Opens the overlay in `path`, or creates it, readable by this user alone.
    ///
    /// @param identity 32 bytes that stand for the base's content: an overlay fits no other
    /// @throws OverlayException if the file is something else, belongs to other content, or is in use
    public static OverlayImage open(Path path, byte[] identity, ServedImage base) throws IOException {
        return new OverlayImage(base, OverlayFile.open(path, identity, base.sizeBytes()));
    }

    @Override
    public long sizeBytes() {
        return base.sizeBytes();
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    /// Where the blocks of `state` end of which `offset` lies in the first. That one counts, whatever a writer has made
    /// of it since its state was read.
    private long runEnd(long offset, long limit, byte state) {
        long block = offset / OverlayFile.BLOCK_BYTES;
        do {
            block++;
        } while (block * OverlayFile.BLOCK_BYTES < limit && file.state(block) == state);
        return Math.min(limit, block * OverlayFile.BLOCK_BYTES);
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        long limit = offset + into.remaining();
        for (long at = offset; at < limit; ) {
            byte state = file.state(at / OverlayFile.BLOCK_BYTES);
            long end = runEnd(at, limit, state);
            int length = (int) (end - at);
            ByteBuffer part = into.slice(into.position(), length);
            read(state, at, part);
            into.position(into.position() + length);
            at = end;
        }
    }

    private void read(byte state, long offset, ByteBuffer part) throws IOException {
        switch (state) {
            case OverlayFile.DATA -> file.read(offset, part);
            case OverlayFile.ZERO -> zero(part);
            default -> base.read(offset, part);
        }
    }

    private static void zero(ByteBuffer part) {
        while (part.hasRemaining()) {
            part.put((byte) 0);
        }
    }

    @Override
    public List<Extent> allocation(ByteRange range) throws IOException {
        var extents = new ArrayList<Extent>();
        for (long at = range.offset(); at < range.end() && extents.size() < MAX_EXTENTS; ) {
            byte state = file.state(at / OverlayFile.BLOCK_BYTES);
            var run = new ByteRange(at, runEnd(at, range.end(), state) - at);
            switch (state) {
                case OverlayFile.DATA -> extents.add(new Extent(run, 0));
                case OverlayFile.ZERO -> extents.add(new Extent(run, ContextName.STATE_HOLE | ContextName.STATE_ZERO));
                default -> addBase(run, extents);
            }
            at = extents.getLast().range().end();
        }
        return extents;
    }

    /// As much of the run as the base tells at once, and not more than the run.
    private void addBase(ByteRange run, List<Extent> extents) throws IOException {
        for (Extent extent : base.allocation(run)) {
            long end = Math.min(extent.range().end(), run.end());
            if (end > extent.range().offset()) {
                long start = extent.range().offset();
                extents.add(new Extent(new ByteRange(start, end - start), extent.flags()));
            }
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            long at = offset;
            int length = (int) Math.min(from.remaining(), OverlayFile.BLOCK_BYTES - at % OverlayFile.BLOCK_BYTES);
            ByteBuffer part = from.slice(from.position(), length);
            writeBlock(at, part);
            from.position(from.position() + length);
            offset += length;
        }
    }

    /// @param part within one block
    private void writeBlock(long offset, ByteBuffer part) throws IOException {
        long block = offset / OverlayFile.BLOCK_BYTES;
        ReentrantLock lock = locks[(int) (block % STRIPES)];
        lock.lock();
        try {
            byte state = file.state(block);
            if (state == OverlayFile.DATA) {
                file.write(offset, part);
                return;
            }
            long start = block * OverlayFile.BLOCK_BYTES;
            int length = (int) Math.min(OverlayFile.BLOCK_BYTES, sizeBytes() - start);
            if (part.remaining() == length) {
                file.write(start, part);
            } else {
                ByteBuffer whole = ByteBuffer.allocate(length);
                read(state, start, whole);
                whole.put((int) (offset - start), part, 0, part.remaining());
                file.write(start, whole.flip());
            }
            file.setState(block, OverlayFile.DATA);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void zero(ByteRange range) throws IOException {
        long first = Math.ceilDiv(range.offset(), OverlayFile.BLOCK_BYTES);
        long last = wholeEnd(range);
        if (first >= last) {
            zeroPart(range.offset(), range.end());
            return;
        }
        zeroPart(range.offset(), first * OverlayFile.BLOCK_BYTES);
        discardBlocks(first, last);
        zeroPart(Math.min(range.end(), last * OverlayFile.BLOCK_BYTES), range.end());
    }

    /// The block behind the last one that lies in the range as a whole; the image's last block may be short.
    private long wholeEnd(ByteRange range) {
        return range.end() == sizeBytes()
                ? Math.ceilDiv(range.end(), OverlayFile.BLOCK_BYTES)
                : range.end() / OverlayFile.BLOCK_BYTES;
    }

    private void zeroPart(long from, long end) throws IOException {
        for (long at = from; at < end; ) {
            long blockEnd = (at / OverlayFile.BLOCK_BYTES + 1) * OverlayFile.BLOCK_BYTES;
            int length = (int) (Math.min(end, blockEnd) - at);
            if (file.state(at / OverlayFile.BLOCK_BYTES) != OverlayFile.ZERO) {
                writeBlock(at, ByteBuffer.allocate(length));
            }
            at += length;
        }
    }

    private void discardBlocks(long first, long last) {
        for (long block = first; block < last; block++) {
            ReentrantLock lock = locks[(int) (block % STRIPES)];
            lock.lock();
            try {
                file.setState(block, OverlayFile.ZERO);
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void discard(ByteRange range) throws IOException {
        discardBlocks(Math.ceilDiv(range.offset(), OverlayFile.BLOCK_BYTES), wholeEnd(range));
    }

    @Override
    public void flush() throws IOException {
        file.flush();
    }

    /// Flushes, and closes the file and the base.
    @Override
    public void close() throws IOException {
        try (base;
                file) {
            file.flush();
        }
    }
}
