package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.virtkeep.model.ByteRange;

/// The data of a disk, in order, without the zeros between. Confined to one thread; behind it the
/// repository's decoders read, decompress and check ahead, within a fixed amount of memory.
public final class RestoreStream implements AutoCloseable {

    /// One batch: large enough for few reads, small enough for all decoders to have one.
    private static final int BATCH_BYTES = 2 << 20;

    private final RepositoryParts parts;
    private final MapWalk walk;
    private final MapShape shape;
    private final ByteRange range;
    private final int maxBatches;
    private final int chunksPerBatch;
    private final Deque<Future<Batch>> ahead = new ArrayDeque<>();
    private final Deque<byte[]> free = new ArrayDeque<>();
    private Batch current;

    RestoreStream(RepositoryParts parts, DiskInfo disk, ByteRange range) {
        this.parts = parts;
        this.shape = parts.shape(disk);
        this.range = range;
        long needed = Math.ceilDiv(range.length(), shape.chunkBytes()) + 1;
        this.chunksPerBatch = Math.clamp(needed, 1, Math.max(1, BATCH_BYTES / shape.chunkBytes()));
        this.maxBatches = Math.max(2, parts.settings().readAheadBytes() / (chunksPerBatch * shape.chunkBytes()));
        long size = shape.chunkBytes();
        this.walk =
                new MapWalk(parts.pages(), disk.root(), shape, range.offset() / size, Math.ceilDiv(range.end(), size));
    }

    /// Some bytes of the disk.
    ///
    /// @param offset of the first byte in the disk
    /// @param bytes valid until the next call to the stream
    public record Data(long offset, ByteBuffer bytes) {}

    /// The next piece of data, up to 2 MiB, behind all earlier ones; empty at the end of the range.
    ///
    /// @throws RepositoryException if a chunk is missing or damaged; the stream can then only be closed
    public Optional<Data> next() throws IOException {
        if (current != null) {
            free.add(current.bytes);
            current = null;
        }
        readAhead();
        if (ahead.isEmpty()) {
            return Optional.empty();
        }
        current = await(ahead.poll());
        long start = current.first * shape.chunkBytes();
        long from = Math.max(start, range.offset());
        long end = Math.min(start + (long) current.count * shape.chunkBytes(), range.end());
        return Optional.of(new Data(
                from,
                ByteBuffer.wrap(current.bytes, (int) (from - start), (int) (end - from))
                        .slice()));
    }

    private void readAhead() throws IOException {
        while (ahead.size() < maxBatches) {
            MapWalk.Run run = walk.next(chunksPerBatch);
            if (run.ids().isEmpty()) {
                return;
            }
            byte[] buffer = free.isEmpty() ? new byte[chunksPerBatch * shape.chunkBytes()] : free.poll();
            ahead.add(parts.decoders().submit(() -> decode(run, buffer)));
        }
    }

    /// @param bytes of the chunks, one after the other
    private record Batch(long first, int count, byte[] bytes) {}

    private Batch decode(MapWalk.Run run, byte[] buffer) throws IOException {
        new BatchReader(parts.entries(), shape.chunkBytes()).read(run.ids(), buffer);
        return new Batch(run.first(), run.ids().size(), buffer);
    }

    private static Batch await(Future<Batch> batch) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return batch.get();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw RestoreStream.rethrow(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException rethrow(Throwable cause) throws IOException {
        return switch (cause) {
            case RepositoryException.Missing e -> e;
            case RepositoryException.Corrupt e -> e;
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new IOException(cause);
        };
    }

    /// Waits for the reads that are under way. Idempotent.
    @Override
    public void close() {
        for (Future<Batch> batch : ahead) {
            batch.cancel(false);
        }
        ahead.clear();
    }
}
