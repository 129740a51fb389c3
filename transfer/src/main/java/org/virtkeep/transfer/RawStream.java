package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/// The whole disk in its order, zeros too: to a pipe, or to a device that may hold something else.
final class RawStream implements DiskTarget {
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

    private final WritableByteChannel channel;
    private final long sizeBytes;
    private final boolean owned;
    private long at;

    /// @param owned whether the channel is closed with this, and forced to disk in the end
    RawStream(WritableByteChannel channel, long sizeBytes, boolean owned) {
        this.channel = channel;
        this.sizeBytes = sizeBytes;
        this.owned = owned;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        zeroUpTo(offset);
        at += bytes.remaining();
        writeFully(bytes);
    }

    private void zeroUpTo(long end) throws IOException {
        while (at < end) {
            int length = (int) Math.min(ZEROS.capacity(), end - at);
            writeFully(ZEROS.slice(0, length));
            at += length;
        }
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void finish() throws IOException {
        zeroUpTo(sizeBytes);
        if (owned && channel instanceof FileChannel file) {
            file.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        if (owned) {
            channel.close();
        }
    }
}
