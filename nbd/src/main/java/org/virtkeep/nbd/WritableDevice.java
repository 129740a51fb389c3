package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.virtkeep.model.ByteRange;

/// The side of a [BlockDevice] that takes writes. Ranges lie within the device.
interface WritableDevice {
    /// Writes what remains in `from`; blocks until it can be read again.
    void write(long offset, ByteBuffer from) throws IOException;

    void zero(ByteRange range, boolean durable, Completion completion);

    void discard(ByteRange range, boolean durable, Completion completion);

    /// Ends when everything is durable whose write has ended.
    void flush(Completion completion);

    /// What a client is told of a failed write.
    static NbdException.Refused refusal(IOException failure) {
        String reason = String.valueOf(failure.getMessage());
        NbdError error = reason.contains("No space left") ? NbdError.ENOSPC : NbdError.EIO;
        return new NbdException.Refused(error, reason);
    }
}
