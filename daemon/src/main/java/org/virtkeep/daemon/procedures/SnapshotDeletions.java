package org.virtkeep.daemon.procedures;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;

/// How far the deletions of snapshots are that clients wait for. Thread-safe.
final class SnapshotDeletions {
    private final Map<UUID, Snapshot.Progress> progress = new ConcurrentHashMap<>();

    /// Deletes a snapshot, and returns when that is done.
    void delete(Domain domain, String snapshot, Set<Snapshot.DeleteFlag> flags) {
        try {
            domain.snapshot(snapshot).delete(flags, now -> progress.put(domain.uuid(), now));
        } finally {
            progress.remove(domain.uuid());
        }
    }

    /// Empty if nobody waits for a deletion.
    Optional<Snapshot.Progress> of(Domain domain) {
        return Optional.ofNullable(progress.get(domain.uuid()));
    }
}
