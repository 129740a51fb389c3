package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/// What a disk is restored to. Confined to one thread. Closing without [#finish()] leaves no file under
/// its final name.
public interface DiskTarget extends AutoCloseable {

    /// Writes what remains in `bytes` at `offset`, which is never before the end of an earlier write.
    /// What is skipped reads as zeros in the end.
    void write(long offset, ByteBuffer bytes) throws IOException;

    /// Makes the disk whole and durable, and gives it its final name.
    void finish() throws IOException;

    @Override
    void close() throws IOException;
}
