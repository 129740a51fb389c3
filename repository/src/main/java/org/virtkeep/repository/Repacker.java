package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies what is needed out of packs that hold little of it. Every content is checked on the way.
/// Confined to one thread.
final class Repacker {
    private static final Logger LOG = LoggerFactory.getLogger(Repacker.class);
    private final RepositoryParts parts;
    private final Marker marker;
    private final Task task;

    Repacker(RepositoryParts parts, Marker marker, Task task) {
        this.task = task;
        this.parts = parts;
        this.marker = marker;
    }

    /// @param sparse the packs to empty
    /// @param condemned packs that no longer count
    /// @return those packs of which everything needed is durable elsewhere now; a pack with a damaged
    ///     entry is none
    List<ContentHash> repack(Set<ContentHash> sparse, Set<ContentHash> condemned) throws IOException {
        if (sparse.isEmpty()) {
            return List.of();
        }
        var emptied = new ArrayList<ContentHash>();
        task.beginBytes(
                "rewriting packs", sparse.stream().mapToLong(marker::liveBytes).sum());
        Damage damage = Damage.load(parts.storage(), parts.config().id());
        try (ChunkStore store = parts.store(
                copy -> sparse.contains(copy.pack()) || condemned.contains(copy.pack()) || damage.contains(copy))) {
            for (ContentHash pack : sparse) {
                if (copy(pack, store)) {
                    emptied.add(pack);
                }
            }
            store.flush();
        }
        return emptied;
    }

    private boolean copy(ContentHash pack, ChunkStore store) throws IOException {
        byte[] content = new byte[EntryHeader.MAX_RAW_BYTES];
        try {
            for (IndexEntry place : PackDirectory.read(
                            parts.storage(), pack, parts.config().id())
                    .places()) {
                if (marker.isMarked(place.id(), place)) {
                    parts.entries().readCopy(place, place.rawLength(), content);
                    store.put(place.kind(), place.id(), ByteBuffer.wrap(content, 0, place.rawLength()));
                    task.add(place.totalLength());
                }
            }
            return true;
        } catch (RepositoryException.Missing | RepositoryException.Corrupt e) {
            LOG.warn("pack not rewritten pack={} cause={}", pack, e.getMessage());
            return false;
        }
    }
}
