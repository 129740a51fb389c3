package org.virtkeep.nbd;

import java.util.Optional;

/// What an [NbdServer] serves: an array of bytes, which clients may change if it is [#writable()].
///
/// The server checks every request before it gets here: ranges lie within the device, reads are at most
/// [#maximumRead()] long and aligned to the minimum block size. A call's completion may run before [#read] or
/// [#blockStatus] returns, or on another thread; either must not wait for other calls to end.
interface BlockDevice extends AutoCloseable {
    /// Size, block sizes and contexts as clients see them.
    ExportInfo info();

    /// Offsets and lengths of reads are multiples of it; only the last may end at the end of the device.
    int alignment();

    /// The most bytes of one read; a multiple of [#alignment()].
    int maximumRead();

    void read(ReadCall call);

    /// The call's contexts are among those of [#info()].
    void blockStatus(StatusCall call);

    /// Where writes go; empty if the device is read-only.
    default Optional<WritableDevice> writable() {
        return Optional.empty();
    }

    /// Why nothing can be read any more; empty while it can.
    Optional<NbdException> failure();

    @Override
    void close();
}
