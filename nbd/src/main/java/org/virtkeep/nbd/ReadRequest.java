package org.virtkeep.nbd;

import java.util.Optional;
import org.virtkeep.model.ByteRange;

/// A read that a client asked for. It may be served in several pieces.
final class ReadRequest {
    private final long cookie;
    private final ByteRange range;
    private final boolean whole;
    // Guarded by the lock of the scheduler.
    private int dispatched;
    // Guarded by the lock of the client's replies.
    private int arrived;
    private NbdException failure;

    /// @param range not empty
    /// @param whole the reply must be one chunk (`NBD_CMD_FLAG_DF`)
    ReadRequest(long cookie, ByteRange range, boolean whole) {
        this.cookie = cookie;
        this.range = range;
        this.whole = whole;
    }

    long cookie() {
        return cookie;
    }

    ByteRange range() {
        return range;
    }

    boolean whole() {
        return whole;
    }

    /// Where the part begins that has not been asked of the device yet.
    long nextOffset() {
        return range.offset() + dispatched;
    }

    /// Takes the part from [#nextOffset()] to `end`, or to the end of the request.
    ByteRange dispatchUntil(long end) {
        long from = nextOffset();
        long until = Math.min(end, range.end());
        dispatched = (int) (until - range.offset());
        return new ByteRange(from, until - from);
    }

    boolean isDispatched() {
        return dispatched == range.length();
    }

    /// Notes that a part has come, or failed.
    ///
    /// @return true if that was the last one
    boolean arrived(ByteRange part, Optional<NbdException> problem) {
        arrived += (int) part.length();
        if (failure == null) {
            failure = problem.orElse(null);
        }
        return hasArrived();
    }

    /// True when all parts have come or failed.
    boolean hasArrived() {
        return arrived == range.length();
    }

    /// The first failure of a part.
    Optional<NbdException> failure() {
        return Optional.ofNullable(failure);
    }
}
