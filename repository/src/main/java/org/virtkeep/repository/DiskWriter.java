package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.virtkeep.model.ByteRange;

/// One disk of a backup that is being written. Any number of threads may call at once; the last word on a
/// chunk counts, so two threads should not write the same chunk. Hashing and compression happen in the
/// calling thread, storing in threads of the writer; when too much waits to be stored, calls wait.
public final class DiskWriter {
    private final BackupWriter backup;
    private final DiskSpec spec;
    private final MapShape shape;
    private final ByteBuffer zeros;
    private final MapChanges changes;
    private final DiskInfo base; // null if there is none
    private final LongAdder changedBytes = new LongAdder();

    DiskWriter(BackupWriter backup, DiskSpec spec, MapShape shape, MapChanges changes, DiskInfo base) {
        this.backup = backup;
        this.spec = spec;
        this.shape = shape;
        this.zeros = ByteBuffer.allocate(shape.chunkBytes()).asReadOnlyBuffer();
        this.changes = changes;
        this.base = base;
    }

    /// The disk, as the plan named it.
    public DiskSpec spec() {
        return spec;
    }

    /// Whether unchanged chunks come from the base; if not, they are zeros.
    public boolean hasBase() {
        return base != null;
    }

    /// How many chunks the disk has; the last one may be short.
    public long chunkCount() {
        return shape.chunkCount();
    }

    /// Stores chunk number `chunk`: all of its bytes, which is the chunk size, or what is left of the
    /// disk. The buffer may be changed after return; its position is moved to its limit.
    ///
    /// @throws IndexOutOfBoundsException if the disk has no such chunk
    /// @throws IllegalArgumentException if the buffer has not the chunk's length
    /// @throws IOException if this or an earlier chunk could not be stored; the backup can then only be
    ///     closed
    public void put(long chunk, ByteBuffer bytes) throws IOException {
        Objects.checkIndex(chunk, shape.chunkCount());
        int length = shape.lengthOf(chunk);
        if (bytes.remaining() != length) {
            throw new IllegalArgumentException("chunk %d of disk '%s' has %d bytes, not %d"
                    .formatted(chunk, spec.name(), length, bytes.remaining()));
        }
        changedBytes.add(length);
        if (length == shape.chunkBytes() && isTakenAsItIs(bytes)) {
            store(chunk, bytes.slice());
            bytes.position(bytes.limit());
        } else {
            copyAndStore(chunk, bytes, length);
        }
    }

    /// Encryption works in the heap.
    private boolean isTakenAsItIs(ByteBuffer bytes) {
        return bytes.hasArray()
                || bytes.isDirect() && !backup.parts().codec().keys().encrypted();
    }

    private void copyAndStore(long chunk, ByteBuffer bytes, int length) throws IOException {
        Workspace workspace = backup.parts().codec().borrow();
        try {
            bytes.get(workspace.raw, 0, length);
            Arrays.fill(workspace.raw, length, shape.chunkBytes(), (byte) 0);
            store(chunk, ByteBuffer.wrap(workspace.raw, 0, shape.chunkBytes()));
        } finally {
            backup.parts().codec().giveBack(workspace);
        }
    }

    /// @param bytes a whole chunk
    private void store(long chunk, ByteBuffer bytes) throws IOException {
        if (bytes.mismatch(zeros) < 0) {
            if (base != null || changes.isTouched(chunk)) {
                changes.set(chunk, ContentHash.ZERO);
            }
            return;
        }
        ContentHash id = backup.parts().codec().keys().id(bytes);
        backup.store().put(EntryKind.CHUNK, id, bytes);
        changes.set(chunk, id);
    }

    /// Says that all chunks in `range` are zeros.
    ///
    /// @param range begins at a chunk, and ends at one or at the end of the disk
    /// @throws IllegalArgumentException if it does not
    public void markZero(ByteRange range) throws IOException {
        boolean aligned = range.offset() % shape.chunkBytes() == 0
                && (range.end() % shape.chunkBytes() == 0 || range.end() == shape.sizeBytes());
        if (!aligned || range.end() > shape.chunkCount() * shape.chunkBytes()) {
            throw new IllegalArgumentException(
                    "%s is no range of whole chunks of disk '%s'".formatted(range, spec.name()));
        }
        changedBytes.add(range.length());
        changes.zero(range.offset() / shape.chunkBytes(), Math.ceilDiv(range.end(), shape.chunkBytes()));
    }

    boolean isTouched(long chunk) throws IOException {
        return changes.isTouched(chunk);
    }

    /// The base, or null.
    DiskInfo base() {
        return base;
    }

    MapShape shape() {
        return shape;
    }

    /// Stores the map. No other call may run or follow.
    DiskInfo finish() throws IOException {
        RepositoryParts parts = backup.parts();
        if (base != null) {
            clearTail();
        }
        ContentHash baseRoot = base == null ? ContentHash.ZERO : base.root();
        MapShape baseShape = base == null ? shape : parts.shape(base);
        ContentHash root = new MapWriter(parts.pages(), backup.store(), shape, changes).write(baseRoot, baseShape);
        return new DiskInfo(
                spec.name(), spec.sizeBytes(), root, shape.treeHash(root), changedBytes.sum(), spec.labels());
    }

    /// When the disk shrank into the middle of a chunk, what was behind the new end must be zeros.
    private void clearTail() throws IOException {
        long last = shape.chunkCount() - 1;
        MapShape baseShape = backup.parts().shape(base);
        boolean cut =
                last >= 0 && shape.sizeBytes() < baseShape.sizeBytes() && shape.lengthOf(last) < shape.chunkBytes();
        if (!cut || changes.isTouched(last)) {
            return;
        }
        ContentHash id = backup.parts().pages().chunk(base.root(), baseShape, last);
        if (!id.isZero()) {
            byte[] bytes = new byte[shape.chunkBytes()];
            backup.parts().entries().read(id, bytes.length, bytes);
            Arrays.fill(bytes, shape.lengthOf(last), bytes.length, (byte) 0);
            store(last, ByteBuffer.wrap(bytes));
        }
    }

    void close() throws IOException {
        changes.close();
    }
}
