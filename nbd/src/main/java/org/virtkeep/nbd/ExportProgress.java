package org.virtkeep.nbd;

import java.time.Instant;
import java.util.Optional;

/// What happened on one export of an [NbdFrontEnd] so far.
///
/// An export was served to the end without fault when `clientsDone` is positive, and `clientsNow`,
/// `clientsLost` and `failedRequests` are zero, and there is no `failure`.
///
/// @param name           the export's name
/// @param sizeBytes      its size
/// @param bytesRead      bytes of reads whose reply a client has taken, holes included, repeated reads counted again
/// @param requests       requests answered, errors included
/// @param failedRequests requests answered with an error that is not the client's own mistake
/// @param clientsNow     connections that use the export now
/// @param clientsEver    connections that ever used it
/// @param clientsDone    connections that ended with `NBD_CMD_DISC` after all their replies were sent
/// @param clientsLost    connections that ended in another way: broken off, timed out or closed by us
/// @param lastActivity   when a client last sent a request or took a part of a reply; at first the start
/// @param failure        why the upstream is gone, if it is; for people
public record ExportProgress(
        String name,
        long sizeBytes,
        long bytesRead,
        long requests,
        long failedRequests,
        int clientsNow,
        long clientsEver,
        long clientsDone,
        long clientsLost,
        Instant lastActivity,
        Optional<String> failure) {}
