package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Turns results into replies as a client has negotiated them. Thread-safe.
abstract sealed class ClientReplies implements ReplySink permits StructuredReplies, SimpleReplies {
    private final ReplySender sender;
    private final ExportCounters counters;

    ClientReplies(ReplySender sender, ExportCounters counters) {
        this.sender = sender;
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

    /// Sends a whole reply without data.
    final void send(ByteBuffer reply) {
        offer(reply);
        flush();
    }

    final void offer(ByteBuffer wholeReply) {
        sender.offer(Outgoing.whole(wholeReply));
    }

    /// @return false if the client is gone: then the caller keeps the reply's memory
    final boolean offer(Outgoing reply) {
        return sender.offer(reply);
    }

    /// Sends what was offered. Not to be called under a lock: memory that becomes free may start other requests.
    final void flush() {
        sender.flush();
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
            if (!offer(new Outgoing(new ByteBuffer[] {reply}, Optional.of(piece.memory()), true, 0))) {
                piece.memory().release();
            }
            flush();
        }
    }
}
