package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.nbd.ContextName;
import org.virtkeep.nbd.Extent;
import org.virtkeep.nbd.NbdException;
import org.virtkeep.nbd.NbdSession;
import org.virtkeep.repository.DiskReader;

/// An image on its way into a backup: whole, or only what the image itself holds, on top of the disk of
/// an earlier backup. Thread-safe. Does not own the session.
final class ImportedDisk implements CopySource {
    private static final Duration REQUEST_LIMIT = Duration.ofMinutes(5);

    private final NbdSession session;
    private final Optional<DiskReader> below;

    /// @param below the disk that shows where the image holds nothing; empty to import the image as it
    ///     reads
    ImportedDisk(NbdSession session, Optional<DiskReader> below) {
        this.session = session;
        this.below = below;
    }

    @Override
    public long sizeBytes() {
        return session.info().sizeBytes();
    }

    /// What is not in the image is not wanted, and counts as data: a chunk that has some of it is read
    /// as a whole.
    @Override
    public void visit(ByteRange range, PieceQueue.Visitor visitor) throws IOException {
        for (long at = range.offset(); at < range.end(); ) {
            var status = status(new ByteRange(at, range.end() - at));
            long end = end(status);
            for (Extent extent : status.get(ContextName.BASE_ALLOCATION)) {
                boolean zero = (extent.flags() & ContextName.STATE_ZERO) != 0;
                visit(extent.range(), end, zero, status, visitor);
            }
            at = end;
        }
    }

    private void visit(
            ByteRange stored,
            long end,
            boolean zero,
            Map<ContextName, List<Extent>> status,
            PieceQueue.Visitor visitor) {
        if (below.isEmpty()) {
            visitor.extent(stored, true, zero);
            return;
        }
        for (Extent depth : status.get(ContextName.QEMU_ALLOCATION_DEPTH)) {
            long from = Math.max(stored.offset(), depth.range().offset());
            long until = Math.min(end, Math.min(stored.end(), depth.range().end()));
            if (from < until) {
                boolean held = depth.flags() != 0;
                visitor.extent(new ByteRange(from, until - from), held, held && zero);
            }
        }
    }

    private Map<ContextName, List<Extent>> status(ByteRange range) throws NbdException {
        Map<ContextName, List<Extent>> status = session.blockStatus(range, Deadline.in(REQUEST_LIMIT));
        if (!status.containsKey(ContextName.BASE_ALLOCATION)
                || !status.containsKey(ContextName.QEMU_ALLOCATION_DEPTH)) {
            throw new NbdException.Protocol("qemu-nbd does not tell what the image holds; QEMU 5.2 or newer does");
        }
        return status;
    }

    /// Where what is known of all contexts ends.
    private static long end(Map<ContextName, List<Extent>> status) {
        return status.values().stream()
                .mapToLong(extents -> extents.getLast().range().end())
                .min()
                .orElseThrow();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        var range = new ByteRange(offset, into.remaining());
        if (below.isEmpty()) {
            session.read(range, into, Deadline.in(REQUEST_LIMIT));
            return;
        }
        int start = into.position();
        for (long at = range.offset(); at < range.end(); ) {
            var status = status(new ByteRange(at, range.end() - at));
            for (Extent depth : status.get(ContextName.QEMU_ALLOCATION_DEPTH)) {
                long end = Math.min(depth.range().end(), range.end());
                if (end > at) {
                    ByteBuffer part = into.slice(start + (int) (at - offset), (int) (end - at));
                    read(depth.flags() != 0, at, part, below.get());
                    at = end;
                }
            }
        }
        into.position(into.limit());
    }

    private void read(boolean held, long at, ByteBuffer part, DiskReader earlier) throws IOException {
        if (held) {
            session.read(new ByteRange(at, part.remaining()), part, Deadline.in(REQUEST_LIMIT));
            return;
        }
        long known = Math.max(0, Math.min(part.remaining(), earlier.info().sizeBytes() - at));
        if (known > 0) {
            earlier.read(at, part.slice(part.position(), (int) known));
        }
        part.position(part.position() + (int) known);
        while (part.hasRemaining()) {
            part.put((byte) 0); // the disk has grown
        }
    }
}
