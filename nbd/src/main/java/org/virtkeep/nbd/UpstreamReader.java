package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;

/// Reads what a front-end would serve, in this process and without a front-end: every byte takes one way less.
///
/// For programs that always read what they have asked for, whatever happens to them otherwise: QEMU may wait for
/// them. Replies are taken by threads of their own into memory that is there before the request is sent, so a slow
/// user of the data holds up nobody. A process that is stopped does; who is responsible for the guest must know of
/// it.
///
/// Thread-safe. Owns its connections: one for an export that shows itself as it is, three for a fleeced disk.
public final class UpstreamReader implements AutoCloseable {
    private final Upstream upstream;

    private UpstreamReader(Upstream upstream) {
        this.upstream = upstream;
    }

    /// Connects.
    ///
    /// @throws NbdException if one of the exports cannot be used; nothing is left open then
    public static UpstreamReader connect(RelayedExport export, Deadline deadline) throws NbdException {
        return new UpstreamReader(Upstream.connect(export, deadline));
    }

    /// Of the disk.
    public long sizeBytes() {
        return upstream.info().sizeBytes();
    }

    /// Whether a range can be read: it is within the disk, no longer than one request may be, and aligned as QEMU
    /// wants it.
    public boolean canRead(ByteRange range) {
        int alignment = upstream.alignment();
        boolean aligned =
                range.offset() % alignment == 0 && (range.length() % alignment == 0 || range.end() == sizeBytes());
        return aligned && range.end() <= sizeBytes() && range.length() <= upstream.maximumRead();
    }

    /// Fills `into` from `range`, or throws; never a short read. Any number of threads may call at once.
    ///
    /// @param into has room for exactly the range; after a failure its content is undefined
    /// @throws IllegalArgumentException if the range cannot be read, or does not fit
    /// @throws NbdException if a connection broke, QEMU refused, or the deadline passed: then all are closed
    public void read(ByteRange range, ByteBuffer into, Deadline deadline) throws NbdException {
        if (into.remaining() != range.length() || !canRead(range)) {
            throw new IllegalArgumentException("cannot read %s into %d bytes".formatted(range, into.remaining()));
        }
        var join = new CallJoin(1);
        var call = new ReadCall(range, PageSpan.of(into), join);
        upstream.read(call);
        if (!join.await(deadline)) {
            close();
            join.awaitEnd(); // until nobody writes to the caller's memory any more
            throw new NbdException.TimedOut("QEMU had no reply for export '%s' within %s"
                    .formatted(upstream.info().name(), deadline.limit()));
        }
        join.throwFailure();
        call.fillHoles();
        into.position(into.limit());
    }

    /// Why nothing can be read any more; empty while it can.
    public Optional<NbdException> failure() {
        return upstream.failure();
    }

    /// Says goodbye on all connections. Calls in flight fail. Idempotent.
    @Override
    public void close() {
        upstream.close();
    }
}
