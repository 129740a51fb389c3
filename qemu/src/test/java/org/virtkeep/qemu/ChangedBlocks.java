package org.virtkeep.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.nbd.ContextName;
import org.virtkeep.nbd.Extent;
import org.virtkeep.nbd.NbdNegotiation;
import org.virtkeep.nbd.NbdSession;

/// The third party of an incremental pull: writes what has changed over an older copy of the disk. Stateless.
final class ChangedBlocks {
    private static final int STEP_BYTES = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ChangedBlocks() {}

    /// @param bitmap as clients see it: NAME of `qemu:dirty-bitmap:NAME`
    /// @return how many bytes were copied
    static long apply(Path socket, String export, String bitmap, Path copy) {
        var context = ContextName.dirtyBitmap(bitmap);
        try (var negotiation = NbdNegotiation.connect(new NbdAddress.Unix(socket.toString()), Deadline.in(LIMIT));
                var file = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            negotiation.requestContexts(export, Set.of(context));
            try (NbdSession session = negotiation.go(export)) {
                return copyChanged(session, context, file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long copyChanged(NbdSession session, ContextName context, FileChannel file) throws IOException {
        long copied = 0;
        long size = session.info().sizeBytes();
        if (file.size() < size) { // the disk has grown since the older copy
            file.write(ByteBuffer.allocate(1), size - 1);
        }
        for (long at = 0; at < size; ) {
            var rest = new ByteRange(at, Math.min(size - at, 1L << 30));
            List<Extent> extents = session.blockStatus(rest, Deadline.in(LIMIT)).get(context);
            for (Extent extent : extents) {
                if (extent.flags() != 0) {
                    copied += copy(session, extent.range(), file);
                }
                at = extent.range().end();
            }
        }
        return copied;
    }

    private static long copy(NbdSession session, ByteRange range, FileChannel file) throws IOException {
        for (long at = range.offset(); at < range.end(); at += STEP_BYTES) {
            var piece = new ByteRange(at, Math.min(STEP_BYTES, range.end() - at));
            var buffer = ByteBuffer.allocateDirect((int) piece.length());
            session.read(piece, buffer, Deadline.in(LIMIT));
            buffer.flip();
            for (long to = at; buffer.hasRemaining(); ) {
                to += file.write(buffer, to);
            }
        }
        return range.length();
    }
}
