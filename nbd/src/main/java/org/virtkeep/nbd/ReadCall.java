package org.virtkeep.nbd;

import java.util.List;
import org.virtkeep.model.ByteRange;

/// A read into memory that belongs to the caller again when the call has ended. Parts that came as holes are
/// not written: see [#runs()].
final class ReadCall extends Call {
    private final PageSpan target;
    private final ReadRuns runs;

    /// @param target as long as the range
    ReadCall(ByteRange range, PageSpan target, Completion completion) {
        super(Command.READ, 0, range, completion);
        if (target.length() != range.length()) {
            throw new IllegalArgumentException("target has " + target.length() + " bytes for " + range);
        }
        this.target = target;
        this.runs = new ReadRuns(target.length());
    }

    PageSpan target() {
        return target;
    }

    /// Data and holes, with offsets relative to the range; after success without gaps.
    List<ReadRuns.Run> runs() {
        return runs.runs();
    }

    /// Notes that a part has come. To be called before data is written to the target, because it checks bounds.
    ///
    /// @param offset absolute, as the server said it
    /// @throws NbdException.Protocol if the part is outside of the range, or came before
    void arrived(long offset, long length, boolean hole) throws NbdException.Protocol {
        runs.add(offset - range().offset(), length, hole);
    }

    /// Writes zeroes where holes were reported.
    void fillHoles() {
        for (ReadRuns.Run run : runs.runs()) {
            if (run.hole()) {
                target.zero(run.offset(), run.length());
            }
        }
    }

    @Override
    void checkWhole() throws NbdException.Protocol {
        if (!runs.complete()) {
            throw new NbdException.Protocol("the reply to a read of %d bytes at %d ended before all had come"
                    .formatted(range().length(), range().offset()));
        }
    }
}
