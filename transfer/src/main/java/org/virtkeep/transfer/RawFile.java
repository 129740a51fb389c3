package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A raw image, sparse where the disk is zeros.
final class RawFile implements DiskTarget {
    private final PartialFile file;
    private final long sizeBytes;

    RawFile(Path path, long sizeBytes, boolean replace) throws IOException {
        this.file = PartialFile.create(path, replace);
        this.sizeBytes = sizeBytes;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        file.write(offset, bytes);
    }

    @Override
    public void finish() throws IOException {
        file.setLength(sizeBytes);
        file.finish();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
