package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A disk that can be copied into a backup, with what is known of its extents. Thread-safe.
interface CopySource extends PieceQueue.ExtentSource {
    long sizeBytes();

    /// Fills `into` from `offset` on.
    void read(long offset, ByteBuffer into) throws IOException;
}
