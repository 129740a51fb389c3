package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.model.ByteRange;

/// Replies for clients that did not ask for structured ones, such as the Linux kernel's: the data of a read is one
/// stretch in the stream. So reads are answered in the order in which they were asked, each part as it comes.
final class SimpleReplies extends ClientReplies {
    private record Arrived(ReadPiece piece, ReadPiece.Part part) {}

    private final Runnable hangUp;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private final Deque<ReadRequest> order = new ArrayDeque<>();
    private final Map<ReadRequest, Map<Long, Arrived>> early = new HashMap<>();
    private long nextOffset;
    private boolean closed;

    /// @param hangUp closes the connection; the only way to report an error after the first part was sent
    SimpleReplies(ReplySender sender, ExportCounters counters, Runnable hangUp) {
        super(sender, counters);
        this.hangUp = hangUp;
    }

    @Override
    void expect(ReadRequest request) {
        lock.lock();
        try {
            order.addLast(request);
            early.put(request, new HashMap<>());
            if (order.size() == 1) {
                nextOffset = request.range().offset();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    void ok(long cookie) {
        send(new Reply.Simple(0, cookie).encode());
    }

    @Override
    void error(long cookie, NbdError error, String text) {
        send(new Reply.Simple(error.wireValue(), cookie).encode());
    }

    @Override
    public void readEnded(ReadPiece piece, Optional<NbdException> failure) {
        var unused = new ArrayList<ReplyMemory>();
        unused.add(piece.memory());
        lock.lock();
        try {
            if (!closed) {
                arrived(piece, failure);
                sendInOrder(unused);
            }
        } finally {
            lock.unlock();
        }
        flush(); // not under the lock, nor what follows: it may start the next reads
        unused.forEach(ReplyMemory::release);
    }

    @Override
    void close() {
        var unused = new ArrayList<ReplyMemory>();
        lock.lock();
        try {
            closed = true;
            early.values().forEach(parts -> parts.values().forEach(part -> unused.add(part.piece.memory())));
            early.clear();
            order.clear();
        } finally {
            lock.unlock();
        }
        unused.forEach(ReplyMemory::release);
    }

    private void arrived(ReadPiece piece, Optional<NbdException> failure) {
        if (failure.isEmpty()) {
            piece.call().fillHoles();
        }
        for (ReadPiece.Part part : piece.parts()) {
            part.request().arrived(part.range(), failure);
            if (failure.isEmpty()) {
                piece.memory().hold();
                early.get(part.request()).put(part.range().offset(), new Arrived(piece, part));
            }
        }
    }

    private void sendInOrder(List<ReplyMemory> unused) {
        while (!order.isEmpty() && sendNext(order.element(), unused)) {
            early.remove(order.remove()).values().forEach(rest -> unused.add(rest.piece.memory()));
            if (!order.isEmpty()) {
                nextOffset = order.element().range().offset();
            }
        }
    }

    /// Sends what has come of the first request.
    ///
    /// @return true if that request has been answered
    private boolean sendNext(ReadRequest request, List<ReplyMemory> unused) {
        Map<Long, Arrived> parts = early.get(request);
        while (nextOffset < request.range().end()) {
            if (request.failure().isPresent()) {
                return sendFailure(request, request.failure().get());
            }
            Arrived next = parts.remove(nextOffset);
            if (next == null) {
                return false;
            }
            if (!offer(reply(next))) {
                unused.add(next.piece.memory());
            }
            nextOffset = next.part.range().end();
        }
        return true;
    }

    /// @return true if all parts have come, so that none will look for this request any more
    private boolean sendFailure(ReadRequest request, NbdException failure) {
        if (!request.hasArrived()) {
            return false;
        }
        countFailure();
        if (nextOffset > request.range().offset()) {
            hangUp.run();
        } else {
            offer(new Reply.Simple(errorOf(failure).wireValue(), request.cookie()).encode());
        }
        return true;
    }

    private static Outgoing reply(Arrived arrived) {
        ReadRequest request = arrived.part.request();
        ByteRange range = arrived.part.range();
        ReadCall call = arrived.piece.call();
        int offset = (int) (range.offset() - call.range().offset());
        List<ByteBuffer> buffers = new ArrayList<>();
        if (range.offset() == request.range().offset()) {
            buffers.add(new Reply.Simple(0, request.cookie()).encode());
        }
        buffers.addAll(Arrays.asList(call.target().slices(offset, (int) range.length())));
        boolean last = range.end() == request.range().end();
        return new Outgoing(
                buffers.toArray(ByteBuffer[]::new),
                Optional.of(arrived.piece.memory()),
                last,
                last ? request.range().length() : 0);
    }
}
