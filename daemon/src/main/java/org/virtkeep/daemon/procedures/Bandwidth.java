package org.virtkeep.daemon.procedures;

import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Limits of block jobs, which the protocol counts in MiB or in bytes per second. Stateless.
final class Bandwidth {
    /// Says bytes where this is the only flag (`VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES` and its like).
    static final int BYTES = 1;

    private static final long MEBIBYTE = 1 << 20;

    private Bandwidth() {}

    /// @param bandwidth unsigned, as it arrived
    /// @throws VirtException INVALID_ARG if it is more than can be told to QEMU
    static long perSecond(long bandwidth, boolean bytes) {
        long unit = bytes ? 1 : MEBIBYTE;
        if (bandwidth < 0 || bandwidth > Long.MAX_VALUE / unit) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG, "bandwidth must be less than %d".formatted(Long.MAX_VALUE / unit));
        }
        return bandwidth * unit;
    }

    /// A limit as a client wants it; MiB are rounded up, as 0 means none.
    static long of(long bytesPerSecond, boolean bytes) {
        return bytes ? bytesPerSecond : Math.ceilDiv(bytesPerSecond, MEBIBYTE);
    }
}
