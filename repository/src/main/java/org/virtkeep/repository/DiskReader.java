package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.model.ByteRange;

/// Reads one disk of a backup. Thread-safe. Every chunk is compared with its id before a byte of it is
/// handed out.
public final class DiskReader {

    /// Chunks kept decoded, for reads that are smaller than a chunk: 8 MiB of 256 KiB.
    private static final int CACHED_BYTES = 8 << 20;

    private final RepositoryParts parts;
    private final DiskInfo disk;
    private final MapShape shape;
    private final int maxCached;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<ContentHash, byte[]> cache = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ContentHash, byte[]> eldest) {
            return size() > maxCached;
        }
    };

    DiskReader(RepositoryParts parts, DiskInfo disk) {
        this.parts = parts;
        this.disk = disk;
        this.shape = parts.shape(disk);
        this.maxCached = CACHED_BYTES / shape.chunkBytes();
    }

    public DiskInfo info() {
        return disk;
    }

    /// Fills `into` with the bytes `[offset, offset + into.remaining())` of the disk.
    ///
    /// @throws IndexOutOfBoundsException if the range does not lie in the disk
    /// @throws RepositoryException if a chunk is missing or damaged; the buffer's content is then
    ///     undefined, but holds no byte that failed its check
    public void read(long offset, ByteBuffer into) throws IOException {
        Objects.checkFromIndexSize(offset, into.remaining(), disk.sizeBytes());
        long at = offset;
        while (into.hasRemaining()) {
            int within = (int) (at % shape.chunkBytes());
            int count = Math.min(into.remaining(), shape.chunkBytes() - within);
            copy(at / shape.chunkBytes(), within, into, count);
            at += count;
        }
    }

    private void copy(long chunk, int within, ByteBuffer into, int count) throws IOException {
        ContentHash id = parts.pages().chunk(disk.root(), shape, chunk);
        if (!id.isZero()) {
            into.put(chunk(id), within, count);
            return;
        }
        for (int left = count; left >= Long.BYTES; left -= Long.BYTES) {
            into.putLong(0);
        }
        for (int left = count % Long.BYTES; left > 0; left--) {
            into.put((byte) 0);
        }
    }

    private byte[] chunk(ContentHash id) throws IOException {
        lock.lock();
        try {
            byte[] known = cache.get(id);
            if (known != null) {
                return known;
            }
        } finally {
            lock.unlock();
        }
        byte[] bytes = new byte[shape.chunkBytes()];
        parts.entries().read(id, bytes.length, bytes);
        lock.lock();
        try {
            cache.put(id, bytes);
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /// The first run of chunks that are not all zeros, at or after `from`; cut at both the start and the
    /// end of `[from, limit)`. Empty if there are only zeros.
    public Optional<ByteRange> nextData(long from, long limit) throws IOException {
        Objects.checkFromToIndex(from, limit, disk.sizeBytes());
        long size = shape.chunkBytes();
        long[] run = {-1, -1};
        parts.pages().forEachChunk(disk.root(), shape, from / size, Math.ceilDiv(limit, size), (chunk, _) -> {
            if (run[0] >= 0 && chunk != run[1]) {
                return false;
            }
            run[0] = run[0] < 0 ? chunk : run[0];
            run[1] = chunk + 1;
            return true;
        });
        if (run[0] < 0) {
            return Optional.empty();
        }
        long start = Math.max(from, run[0] * size);
        return Optional.of(new ByteRange(start, Math.min(limit, run[1] * size) - start));
    }

    /// Reads `range` in order, skipping zeros, with read-ahead by several threads. Close the stream after
    /// use.
    public RestoreStream stream(ByteRange range) {
        Objects.checkFromIndexSize(range.offset(), range.length(), disk.sizeBytes());
        return new RestoreStream(parts, disk, range);
    }
}
