package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Where a repository keeps its objects: named, immutable, whole byte strings.
///
/// Every implementation guarantees, and `StorageContract` in the tests checks:
///
/// - **Whole or not at all.** An object appears under its name with all its bytes, or does not appear.
/// - **Durable.** When [#putIfAbsent] returns, whatever it returns, the object survives a power cut. When
///   [#delete] returns, the objects stay deleted after a power cut.
/// - **Read after write.** What one client stored or deleted, every client sees in its next call, lists
///   included.
/// - **No replacement.** An object never changes; only one of several puts of one name stores its content.
/// - **Nothing by order.** Puts by several threads may become durable in any order; a caller that needs an
///   order waits for the first before it begins the second.
///
/// Names are made of letters, digits, `.`, `-`, `_` and `/`; a name is not also the folder of another one.
/// All methods may be used by several threads at once. A failed call leaves the object stored whole or
/// absent.
public interface Storage extends AutoCloseable {

    /// The largest object that may be stored, 256 MiB.
    int MAX_OBJECT_BYTES = 1 << 28;

    /// Stores `content` from its position to its limit as `name`, unless that object exists. Does not move
    /// the buffer's position.
    ///
    /// @return true if this call stored it, false if it was there before (and is durable now)
    boolean putIfAbsent(String name, ByteBuffer content) throws IOException;

    /// Fills `into` with the bytes `[offset, offset + into.remaining())` of object `name`; never a short
    /// read.
    ///
    /// @throws RepositoryException.Missing if there is no such object
    /// @throws RepositoryException.Corrupt if the object ends before the range does
    void read(String name, long offset, ByteBuffer into) throws IOException;

    /// The object's size in bytes, or empty if there is no such object.
    OptionalLong size(String name) throws IOException;

    /// Visits every object whose name begins with `folder`, which is empty or ends with `/`, in no
    /// promised order. Objects stored or deleted meanwhile may or may not be visited; all others are, once.
    void list(String folder, Consumer<StoredObject> visitor) throws IOException;

    /// Deletes the objects; those that do not exist are skipped. If it fails, any of them may be deleted.
    void delete(Collection<String> names) throws IOException;

    /// Removes what interrupted puts of dead processes left behind. Never touches an object.
    ///
    /// @return the number of bytes that were freed
    long removeLeftovers() throws IOException;

    /// Holds some space that [#releaseReserve] gives back, where space can run out. Idempotent. Never touches an
    /// object.
    default void keepReserve() throws IOException {}

    /// Gives the reserve back, so that a little can be written to a full disk.
    ///
    /// @return whether there was one
    default boolean releaseReserve() throws IOException {
        return false;
    }

    /// Releases what this client holds. Idempotent.
    @Override
    void close() throws IOException;

    /// Reads the whole object.
    ///
    /// @throws RepositoryException.Missing if there is no such object
    /// @throws RepositoryException.Corrupt if it is longer than `maxBytes`
    default ByteBuffer readAll(String name, int maxBytes) throws IOException {
        long size = size(name).orElseThrow(() -> new RepositoryException.Missing("there is no '%s'".formatted(name)));
        if (size > maxBytes) {
            throw new RepositoryException.Corrupt(
                    "'%s' has %d bytes, more than the %d that such an object may have".formatted(name, size, maxBytes));
        }
        ByteBuffer content = ByteBuffer.allocate((int) size);
        read(name, 0, content);
        return content.flip();
    }
}
