package org.virtkeep.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Reads the writer's region of a raw disk, in blocks. A file that ends early reads as a fault, not as zeros.
final class RegionReader implements AutoCloseable {

    private final FileChannel file;
    private final Path path;
    private final long baseBytes;

    private RegionReader(FileChannel file, Path path, long baseBytes) {
        this.file = file;
        this.path = path;
        this.baseBytes = baseBytes;
    }

    static RegionReader open(Path path, long baseBytes) throws IOException {
        return new RegionReader(FileChannel.open(path, StandardOpenOption.READ), path, baseBytes);
    }

    /// Reads `count` blocks from block `first` into the beginning of `into`.
    void read(int first, int count, byte[] into) throws IOException {
        var bytes = ByteBuffer.wrap(into, 0, count * Geometry.BLOCK_BYTES);
        long offset = baseBytes + (long) first * Geometry.BLOCK_BYTES;
        while (bytes.hasRemaining()) {
            int got = file.read(bytes, offset + bytes.position());
            if (got < 0) {
                throw new EOFException("%s ends at %d, inside the writer's region".formatted(path, file.size()));
            }
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
