package org.virtkeep.transfer;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import org.virtkeep.model.ByteRange;

/// Cuts an export into pieces, in its order, asking for its extents window by window, so that memory
/// does not grow with the disk. Thread-safe.
final class PieceQueue {
    /// How much of the disk is looked at with one question. A server may answer for less.
    private static final long WINDOW_BYTES = 1L << 30;

    private final ExtentSource source;
    private final long sizeBytes;
    private final int chunkBytes;
    private final int maxChunks;
    private final Deque<Piece> ready = new ArrayDeque<>(); // guarded by this
    private long nextWindow; // guarded by this

    /// Tells what is in a range.
    interface ExtentSource {
        /// Visits extents that together cover all of `range`, and maybe more behind it.
        void visit(ByteRange range, Visitor visitor) throws IOException;
    }

    interface Visitor {
        /// @param wanted this part is to be read
        /// @param zero it holds nothing but zeros
        void extent(ByteRange range, boolean wanted, boolean zero);
    }

    /// @param maxChunks the most chunks of a piece with data
    PieceQueue(ExtentSource source, long sizeBytes, int chunkBytes, int maxChunks) {
        this.source = source;
        this.sizeBytes = sizeBytes;
        this.chunkBytes = chunkBytes;
        this.maxChunks = maxChunks;
    }

    /// The next piece, or empty at the end of the disk.
    synchronized Optional<Piece> next() throws IOException {
        while (ready.isEmpty() && nextWindow < sizeBytes) {
            var window = new ByteRange(nextWindow, Math.min(WINDOW_BYTES, sizeBytes - nextWindow));
            look(window);
            nextWindow = window.end();
        }
        return Optional.ofNullable(ready.poll());
    }

    private void look(ByteRange window) throws IOException {
        long first = window.offset() / chunkBytes;
        int count = (int) Math.ceilDiv(window.length(), (long) chunkBytes);
        var wanted = new BitSet(count);
        var data = new BitSet(count);
        source.visit(window, (range, isWanted, isZero) -> {
            long start = Math.max(range.offset(), window.offset()) - window.offset();
            long end = Math.min(range.end(), window.end()) - window.offset();
            if (start < end) {
                int from = (int) (start / chunkBytes);
                int to = (int) Math.ceilDiv(end, (long) chunkBytes);
                if (isWanted) {
                    wanted.set(from, to);
                }
                if (!isZero) {
                    data.set(from, to);
                }
            }
        });
        cut(first, wanted, data);
    }

    private void cut(long first, BitSet wanted, BitSet data) {
        for (int at = wanted.nextSetBit(0); at >= 0; ) {
            boolean zero = !data.get(at);
            int change = zero ? data.nextSetBit(at) : data.nextClearBit(at);
            int end = wanted.nextClearBit(at);
            end = change < 0 ? end : Math.min(end, change);
            end = zero ? end : Math.min(end, at + maxChunks);
            ready.add(new Piece(first + at, end - at, zero));
            at = wanted.nextSetBit(end);
        }
    }
}
