package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.ByteRange;
import org.virtkeep.nbd.ContextName;
import org.virtkeep.nbd.Extent;
import org.virtkeep.nbd.ServedImage;
import org.virtkeep.repository.DiskReader;

/// A disk of a backup, to be served as it is. Thread-safe. Reading it checks every chunk; a damaged one is an
/// `IOException` and not wrong bytes.
///
/// Does not own what it reads from: keep the backup's [org.virtkeep.repository.ReadSession] open while this is used.
public final class RestorePointImage implements ServedImage {
    private static final int MAX_EXTENTS = 2048;

    private static final int HOLE = ContextName.STATE_HOLE | ContextName.STATE_ZERO;

    private final DiskReader disk;

    public RestorePointImage(DiskReader disk) {
        this.disk = disk;
    }

    /// 32 bytes that stand for the disk's content, for an overlay on it.
    public byte[] identity() {
        return HexFormat.of().parseHex(disk.info().treeHash().hex());
    }

    @Override
    public long sizeBytes() {
        return disk.info().sizeBytes();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        disk.read(offset, into);
    }

    @Override
    public List<Extent> allocation(ByteRange range) throws IOException {
        var extents = new ArrayList<Extent>();
        long at = range.offset();
        while (at < range.end() && extents.size() < MAX_EXTENTS) {
            Optional<ByteRange> data = disk.nextData(at, range.end());
            long start = data.map(ByteRange::offset).orElse(range.end());
            add(at, start, HOLE, extents);
            at = data.map(ByteRange::end).orElse(range.end());
            add(start, at, 0, extents);
        }
        return extents;
    }

    private static void add(long from, long end, int flags, List<Extent> extents) {
        if (end > from) {
            extents.add(new Extent(new ByteRange(from, end - from), flags));
        }
    }

    @Override
    public void close() {
        // the disk belongs to the caller's session
    }
}
