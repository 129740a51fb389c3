package org.virtkeep.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.nbd.ContextName;
import org.virtkeep.nbd.Extent;
import org.virtkeep.nbd.NbdNegotiation;
import org.virtkeep.nbd.NbdSession;

/// The plain reader of a pull: one connection, requests of at most 1 MiB, four in flight. What it reads is dropped.
final class ExportReader {
    private static final int PIECE_BYTES = 1 << 20;
    private static final int IN_FLIGHT = 4;
    private static final long STATUS_BYTES = 1L << 30;
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private ExportReader() {}

    /// Reads everything.
    ///
    /// @return how many bytes that were
    static long readAll(Path socket, String export) throws IOException {
        try (var negotiation = connect(socket);
                var session = negotiation.go(export)) {
            return read(session, List.of(new ByteRange(0, session.info().sizeBytes())));
        }
    }

    /// Reads what a bitmap marks as dirty.
    ///
    /// @return how many bytes that were
    static long readChanged(Path socket, String export, String bitmap) throws IOException {
        var context = ContextName.dirtyBitmap(bitmap);
        try (var negotiation = connect(socket)) {
            negotiation.requestContexts(export, Set.of(context));
            try (var session = negotiation.go(export)) {
                return read(session, dirty(session, context));
            }
        }
    }

    private static NbdNegotiation connect(Path socket) throws IOException {
        return NbdNegotiation.connect(new NbdAddress.Unix(socket.toString()), Deadline.in(LIMIT));
    }

    private static List<ByteRange> dirty(NbdSession session, ContextName context) throws IOException {
        var dirty = new ArrayList<ByteRange>();
        long size = session.info().sizeBytes();
        for (long at = 0; at < size; ) {
            var rest = new ByteRange(at, Math.min(size - at, STATUS_BYTES));
            for (Extent extent : session.blockStatus(rest, Deadline.in(LIMIT)).get(context)) {
                if (extent.flags() != 0) {
                    dirty.add(extent.range());
                }
                at = extent.range().end();
            }
        }
        return dirty;
    }

    private static long read(NbdSession session, List<ByteRange> ranges) throws IOException {
        var pieces = new ConcurrentLinkedQueue<ByteRange>();
        for (ByteRange range : ranges) {
            for (long at = range.offset(); at < range.end(); at += PIECE_BYTES) {
                pieces.add(new ByteRange(at, Math.min(PIECE_BYTES, range.end() - at)));
            }
        }
        long total = 0;
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var parts = new ArrayList<Future<Long>>();
            for (int i = 0; i < IN_FLIGHT; i++) {
                parts.add(workers.submit(() -> readPieces(session, pieces)));
            }
            for (Future<Long> part : parts) {
                total += part.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return total;
    }

    private static long readPieces(NbdSession session, ConcurrentLinkedQueue<ByteRange> pieces) throws IOException {
        var buffer = ByteBuffer.allocateDirect(PIECE_BYTES);
        long total = 0;
        for (ByteRange piece = pieces.poll(); piece != null; piece = pieces.poll()) {
            session.read(piece, buffer.clear().limit((int) piece.length()), Deadline.in(LIMIT));
            total += piece.length();
        }
        return total;
    }
}
