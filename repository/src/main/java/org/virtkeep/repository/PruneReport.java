package org.virtkeep.repository;

import java.util.List;

/// What a prune did, or would do. Immutable.
///
/// @param kept ids of the backups that stay
/// @param forgotten ids of the backups that went
/// @param freedBytes size of the packs and leftovers deleted, also of those whose needed data was copied
/// @param rewrittenBytes what was copied out of packs with little needed data
/// @param waitingBytes size of the packs that go as soon as the sessions end that might need them
/// @param waitingFor those sessions
public record PruneReport(
        List<String> kept,
        List<String> forgotten,
        long freedBytes,
        long rewrittenBytes,
        long waitingBytes,
        List<String> waitingFor) {

    public PruneReport {
        kept = List.copyOf(kept);
        forgotten = List.copyOf(forgotten);
        waitingFor = List.copyOf(waitingFor);
    }
}
