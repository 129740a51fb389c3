package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.model.ByteRange;

/// Replies in chunks: parts of a read go out as they come, holes as holes, errors with a text.
final class StructuredReplies extends ClientReplies {
    private final ReentrantLock lock = new ReentrantLock(); // guards the requests' progress and the order of replies

    StructuredReplies(ReplySender sender, ExportCounters counters) {
        super(sender, counters);
    }

    @Override
    void ok(long cookie) {
        send(Reply.none(cookie));
    }

    @Override
    void error(long cookie, NbdError error, String text) {
        send(Reply.error(cookie, error, text));
    }

    /// Pieces of one read may end on several threads at once. What is noted and what is offered go together under the
    /// lock, or the chunk that ends the reply might overtake another: clients forget the read with it, and QEMU's
    /// would not even notice that data is missing.
    @Override
    public void readEnded(ReadPiece piece, Optional<NbdException> failure) {
        int unused = 1;
        lock.lock();
        try {
            for (ReadPiece.Part part : piece.parts()) {
                boolean last = part.request().arrived(part.range(), failure);
                unused += reply(piece, part, failure.isEmpty(), last) ? 0 : 1;
            }
        } finally {
            lock.unlock();
        }
        flush(); // not under the lock, nor what follows: it may start the next reads
        for (int i = 0; i < unused; i++) {
            piece.memory().release();
        }
    }

    /// @return false if the piece's memory was held for a reply that nobody takes
    private boolean reply(ReadPiece piece, ReadPiece.Part part, boolean arrived, boolean last) {
        ReadRequest request = part.request();
        var requestFailure = last ? request.failure() : Optional.<NbdException>empty();
        boolean taken = true;
        if (arrived) {
            boolean success = last && requestFailure.isEmpty();
            piece.memory().hold();
            var chunks = chunks(piece.call(), part, success);
            long readBytes = success ? request.range().length() : 0;
            taken = offer(new Outgoing(chunks, Optional.of(piece.memory()), success, readBytes));
        }
        requestFailure.ifPresent(failure -> {
            countFailure();
            offer(Reply.error(request.cookie(), errorOf(failure), failure.getMessage()));
        });
        return taken;
    }

    /// @param done whether the last chunk ends the reply
    private static ByteBuffer[] chunks(ReadCall call, ReadPiece.Part part, boolean done) {
        if (part.request().whole()) {
            call.fillHoles();
            return data(call, part.request().cookie(), part.range(), done);
        }
        var runs = runsWithin(call, part.range());
        if (runs.size() == 1 && !runs.getFirst().hole()) {
            return data(call, part.request().cookie(), part.range(), done);
        }
        var chunks = new ArrayList<ByteBuffer>();
        for (int i = 0; i < runs.size(); i++) {
            ReadRuns.Run run = runs.get(i);
            var range = new ByteRange(call.range().offset() + run.offset(), run.length());
            boolean end = done && i == runs.size() - 1;
            if (run.hole()) {
                chunks.add(hole(part.request().cookie(), range, end));
            } else {
                chunks.addAll(Arrays.asList(data(call, part.request().cookie(), range, end)));
            }
        }
        return chunks.toArray(ByteBuffer[]::new);
    }

    /// The runs of `call` as far as they lie in `range`; offsets are relative to the call.
    private static List<ReadRuns.Run> runsWithin(ReadCall call, ByteRange range) {
        int from = (int) (range.offset() - call.range().offset());
        int until = (int) (range.end() - call.range().offset());
        var within = new ArrayList<ReadRuns.Run>();
        for (ReadRuns.Run run : call.runs()) {
            int start = Math.max(run.offset(), from);
            int end = Math.min(run.end(), until);
            if (start < end) {
                within.add(new ReadRuns.Run(start, end - start, run.hole()));
            }
        }
        return within;
    }

    private static ByteBuffer[] data(ReadCall call, long cookie, ByteRange range, boolean done) {
        int length = (int) range.length();
        int offset = (int) (range.offset() - call.range().offset());
        var buffers = new ByteBuffer[1 + call.target().sliceCount(offset, length)];
        buffers[0] = ByteBuffer.allocate(Reply.Chunk.BYTES + Long.BYTES);
        new Reply.Chunk(done, ReplyType.OFFSET_DATA.wireValue(), cookie, Long.BYTES + range.length())
                .encode(buffers[0])
                .putLong(range.offset())
                .flip();
        call.target().slices(offset, length, buffers, 1);
        return buffers;
    }

    private static ByteBuffer hole(long cookie, ByteRange range, boolean done) {
        return new Reply.Chunk(done, ReplyType.OFFSET_HOLE.wireValue(), cookie, Long.BYTES + Integer.BYTES)
                .encode(ByteBuffer.allocate(Reply.Chunk.BYTES + Long.BYTES + Integer.BYTES))
                .putLong(range.offset())
                .putInt((int) range.length())
                .flip();
    }
}
