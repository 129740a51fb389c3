package org.virtkeep.nbd;

import java.util.Optional;

/// A device under a name, as a server offers it.
///
/// @param queue the requests that wait for the device
record Export(String name, DeviceQueue queue, ExportCounters counters) {
    private static final int WRITABLE = TransmissionFlag.SEND_FLUSH.mask()
            | TransmissionFlag.SEND_FUA.mask()
            | TransmissionFlag.SEND_TRIM.mask()
            | TransmissionFlag.SEND_WRITE_ZEROES.mask()
            | TransmissionFlag.SEND_FAST_ZERO.mask();

    BlockDevice device() {
        return queue.device();
    }

    ExportProgress progress() {
        return counters.progress(name, device());
    }

    Optional<NbdException> failure() {
        return device().failure();
    }

    /// Transmission flags for a client.
    ///
    /// @param structured whether it has asked for structured replies
    int flags(boolean structured) {
        int flags = TransmissionFlag.HAS_FLAGS.mask()
                | TransmissionFlag.CAN_MULTI_CONN.mask()
                | (device().writable().isPresent() ? WRITABLE : TransmissionFlag.READ_ONLY.mask());
        return structured ? flags | TransmissionFlag.SEND_DF.mask() : flags;
    }
}
