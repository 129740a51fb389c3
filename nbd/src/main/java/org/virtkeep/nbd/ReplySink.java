package org.virtkeep.nbd;

import java.util.Optional;

/// Where the results of a client's requests go. Must not block: it is called by the thread that reads from the
/// device. Takes over the piece's memory, and releases it when the client has taken the reply or is gone.
interface ReplySink {
    void readEnded(ReadPiece piece, Optional<NbdException> failure);

    void statusEnded(StatusPiece piece, Optional<NbdException> failure);
}
