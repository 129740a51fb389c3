package org.virtkeep.nbd;

import org.virtkeep.model.ByteRange;

/// How much block status is asked for at once. Stateless.
final class StatusWindow {
    /// Less is not asked for: clients that ask extent by extent are then served from memory.
    private static final long MINIMUM_BYTES = 128L << 20;

    /// More is not asked for: QEMU works on it without a pause, and the guest waits.
    private static final long MAXIMUM_BYTES = 1L << 30;

    private StatusWindow() {}

    /// What to ask of a server with the given block size and export size when a client asks for `asked`.
    static ByteRange around(ByteRange asked, int alignment, long sizeBytes) {
        long start = asked.offset() - asked.offset() % alignment;
        long wanted = Math.clamp(asked.end() - start, MINIMUM_BYTES, MAXIMUM_BYTES);
        long length = Math.ceilDiv(wanted, alignment) * alignment;
        return new ByteRange(start, Math.min(length, sizeBytes - start));
    }
}
