package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.ByteRange;
import org.virtkeep.repository.DiskWriter;

/// Copies one export into a backup, with several workers. Each reads a piece, hashes, compresses and
/// stores its chunks, and takes the next: so as many requests are in flight as there are workers, memory
/// is one buffer for each, and chunks get stored nearly in the order of the disk.
final class DiskCopy {
    /// What QEMU serves fastest.
    static final int READ_BYTES = 1 << 19;

    private final CopySource export;
    private final DiskWriter writer;
    private final int chunkBytes;
    private final Pace pace;

    /// What all disks of a backup have in common.
    ///
    /// @param workers how many threads copy
    record Pace(int workers, RateLimit limit, CancelToken cancel, TransferProgress progress) {}

    DiskCopy(CopySource export, DiskWriter writer, int chunkBytes, Pace pace) {
        this.export = export;
        this.writer = writer;
        this.chunkBytes = chunkBytes;
        this.pace = pace;
    }

    /// Copies what the exports say has changed, or everything, of one disk after the other, at least
    /// one. Nobody waits for the last pieces of a disk before the next one begins.
    static void runAll(List<DiskCopy> copies, Pace pace) throws IOException {
        List<PieceQueue> queues =
                copies.stream().map(copy -> copy.queue(copy.export)).toList();
        Workers.run("transfer", pace.workers(), pace.cancel(), stop -> {
            ByteBuffer buffer = copies.getFirst().buffer();
            for (int i = 0; i < copies.size() && !stop.asked(); i++) {
                copies.get(i).work(queues.get(i), buffer, stop);
            }
        });
    }

    /// Copies these parts, whatever the export says.
    void run(List<ByteRange> ranges) throws IOException {
        PieceQueue queue = queue((window, visitor) -> {
            visitor.extent(window, false, false);
            ranges.forEach(range -> visitor.extent(range, true, false));
        });
        Workers.run("transfer", pace.workers(), pace.cancel(), stop -> work(queue, buffer(), stop));
    }

    private PieceQueue queue(PieceQueue.ExtentSource source) {
        return new PieceQueue(source, export.sizeBytes(), chunkBytes, maxChunks());
    }

    private int maxChunks() {
        return Math.max(1, READ_BYTES / chunkBytes);
    }

    /// Direct memory: what comes from a socket into the heap is copied once more on its way.
    private ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(maxChunks() * chunkBytes);
    }

    private void work(PieceQueue queue, ByteBuffer buffer, Workers.Stop stop) throws IOException {
        for (Optional<Piece> next = queue.next(); next.isPresent() && !stop.asked(); next = queue.next()) {
            Piece piece = next.get();
            if (piece.zero()) {
                markZero(piece);
            } else {
                copy(piece, buffer);
            }
        }
    }

    private ByteRange range(Piece piece) {
        long from = piece.first() * chunkBytes;
        long end = Math.min(from + (long) piece.count() * chunkBytes, export.sizeBytes());
        return new ByteRange(from, end - from);
    }

    private void markZero(Piece piece) throws IOException {
        ByteRange range = range(piece);
        if (writer.hasBase()) { // otherwise the disk began as zeros
            writer.markZero(range);
        }
        pace.progress().skipped(range.length());
    }

    private void copy(Piece piece, ByteBuffer buffer) throws IOException {
        ByteRange range = range(piece);
        pace.limit().take(range.length(), pace.cancel());
        buffer.clear().limit((int) range.length());
        export.read(range.offset(), buffer);
        buffer.flip();
        long chunk = piece.first();
        for (int at = 0; at < range.length(); at += chunkBytes) {
            int length = (int) Math.min(chunkBytes, range.length() - at);
            writer.put(chunk++, buffer.slice(at, length));
        }
        pace.progress().moved(range.length());
    }
}
