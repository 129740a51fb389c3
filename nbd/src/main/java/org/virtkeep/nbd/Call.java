package org.virtkeep.nbd;

import java.util.Optional;
import org.virtkeep.model.ByteRange;

/// A request to a device, from its submission to its completion, which happens exactly once.
///
/// Until then its memory belongs to the device. Confined to the thread that drives the device's replies.
abstract sealed class Call permits ReadCall, StatusCall, PlainCall {
    private final Command command;
    private final int flags;
    private final ByteRange range;
    private final Completion completion;
    private NbdException.Refused refusal;

    Call(Command command, int flags, ByteRange range, Completion completion) {
        this.command = command;
        this.flags = flags;
        this.range = range;
        this.completion = completion;
    }

    /// @throws NbdException.Protocol if the reply says that it is whole, but parts of it are missing
    abstract void checkWhole() throws NbdException.Protocol;

    final Command command() {
        return command;
    }

    final int flags() {
        return flags;
    }

    final ByteRange range() {
        return range;
    }

    /// Notes that the reply contains an error; the first one counts.
    final void refuse(NbdException.Refused error) {
        if (refusal == null) {
            refusal = error;
        }
    }

    /// To be called before [#finish()] when the last chunk of a reply has arrived.
    ///
    /// @throws NbdException.Protocol if there was no error, but parts are missing
    final void checkEnd() throws NbdException.Protocol {
        if (refusal == null) {
            checkWhole();
        }
    }

    /// Ends the call: with the error that was noted, or with success.
    final void finish() {
        completion.done(Optional.ofNullable(refusal));
    }

    /// Ends the call with success; for devices that have checked that nothing is missing.
    final void succeed() {
        completion.done(Optional.empty());
    }

    final void fail(NbdException cause) {
        completion.done(Optional.of(cause));
    }
}
