package org.virtkeep.nbd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.ByteRange;

/// A read that goes to the upstream in pieces which do not cross multiples of a unit. Ends when all pieces have ended;
/// they end on the session's reader thread, or on the one that closes the session.
final class SplitRead {
    private final ReadCall whole;
    private final List<ReadCall> pieces = new ArrayList<>();
    // Guarded by this.
    private int open;
    private Optional<NbdException> failure = Optional.empty();

    SplitRead(ReadCall whole, int unitBytes) {
        this.whole = whole;
        ByteRange range = whole.range();
        for (long at = range.offset(); at < range.end(); ) {
            long end = Math.min(range.end(), (at / unitBytes + 1) * unitBytes);
            var piece = new ByteRange(at, end - at);
            int offset = (int) (at - range.offset());
            pieces.add(new ReadCall(piece, whole.target().part(offset, (int) piece.length()), this::pieceEnded));
            at = end;
        }
        this.open = pieces.size();
    }

    /// To be submitted, each once.
    List<ReadCall> pieces() {
        return List.copyOf(pieces);
    }

    private void pieceEnded(Optional<NbdException> problem) {
        synchronized (this) {
            failure = failure.or(() -> problem);
            if (--open > 0) {
                return;
            }
        }
        failure.or(this::putTogether).ifPresentOrElse(whole::fail, whole::succeed);
    }

    /// @return a failure if the pieces do not make up the whole
    private Optional<NbdException> putTogether() {
        try {
            for (ReadCall piece : pieces) {
                for (ReadRuns.Run run : piece.runs()) {
                    whole.arrived(piece.range().offset() + run.offset(), run.length(), run.hole());
                }
            }
            return Optional.empty();
        } catch (NbdException.Protocol e) {
            return Optional.of(e);
        }
    }
}
