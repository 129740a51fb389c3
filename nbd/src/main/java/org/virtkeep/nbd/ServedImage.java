package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.virtkeep.model.ByteRange;

/// An array of bytes that an [NbdImageServer] serves. All methods block, and are called by several threads at once;
/// ranges lie within the image.
///
/// An `IOException` becomes `EIO` for the client, or `ENOSPC` if the system says that no space is left; the image
/// stays usable.
public interface ServedImage extends AutoCloseable {
    long sizeBytes();

    /// Fills `into` from `offset` on. Two calls for one place, of which one writes, may each see the other half done,
    /// as on a disk.
    void read(long offset, ByteBuffer into) throws IOException;

    /// What `base:allocation` says, from the start of `range`, in order and without gaps; it may end before the end of
    /// the range, or behind it.
    ///
    /// @return at least one extent and at most some thousands
    List<Extent> allocation(ByteRange range) throws IOException;

    /// Whether the methods below may be called.
    default boolean isWritable() {
        return false;
    }

    /// Writes what remains in `from`.
    default void write(long offset, ByteBuffer from) throws IOException {
        throw new UnsupportedOperationException("the image is read-only");
    }

    /// Makes the range read as zeroes. Takes little time, whatever its length.
    default void zero(ByteRange range) throws IOException {
        throw new UnsupportedOperationException("the image is read-only");
    }

    /// Forgets the content of the range, or of parts of it.
    default void discard(ByteRange range) throws IOException {
        throw new UnsupportedOperationException("the image is read-only");
    }

    /// Returns when everything written before this call is durable.
    default void flush() throws IOException {}

    /// Called once, after all other calls have ended.
    @Override
    void close() throws IOException;
}
