package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Turns results into replies as a client has negotiated them. Thread-safe.
abstract sealed class ClientReplies implements ReplySink permits StructuredReplies, SimpleReplies {
    private final ReplyQueue queue;
    private final ExportCounters counters;

    ClientReplies(ReplyQueue queue, ExportCounters counters) {
        this.queue = queue;
        this.counters = counters;
    }

    /// Answers a request that needs no data.
    abstract void ok(long cookie);

    /// Answers a request with an error.
    abstract void error(long cookie, NbdError error, String text);

    /// Notes a read, before it is given to the scheduler.
    void expect(ReadRequest request) {}

    /// Lets go of what was not sent. The client is gone; results that still come are dropped.
    void close() {}

    final void send(Outgoing reply) {
        if (!queue.offer(reply)) {
            reply.release();
        }
    }

    /// @return false if the client is gone: then the caller releases the reply
    final boolean offer(Outgoing reply) {
        return queue.offer(reply);
    }

    final void send(ByteBuffer wholeReply) {
        queue.offer(Outgoing.whole(wholeReply));
    }

    /// Notes that the device, not the client, is to blame for an error.
    final void countFailure() {
        counters.failed();
    }

    static NbdError errorOf(NbdException failure) {
        return switch (failure) {
            case NbdException.Refused refused -> refused.error();
            case NbdException.Protocol _, NbdException.Disconnected _, NbdException.TimedOut _ -> NbdError.EIO;
        };
    }

    @Override
    public final void statusEnded(StatusPiece piece, Optional<NbdException> failure) {
        long cookie = piece.request().cookie();
        if (failure.isPresent()) {
            piece.memory().release();
            countFailure();
            error(cookie, errorOf(failure.get()), failure.get().getMessage());
        } else {
            ByteBuffer reply = StatusReply.encode(piece);
            send(new Outgoing(new ByteBuffer[] {reply}, Optional.of(piece.memory()), true, 0));
        }
    }
}
