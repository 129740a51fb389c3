package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Reads the index from storage. Stateless between calls.
final class IndexLoader {

    /// Entries of uncovered packs that may be held in memory, about 1 TiB of chunks and 600 MiB of heap at
    /// the very most; a crashed session leaves some thousands.
    private static final int MAX_LOOSE_ENTRIES = 4 << 20;

    /// Somebody else may merge segments while we read them; more often than this in a row means a broken
    /// storage.
    private static final int MAX_TRIES = 20;

    private final Storage storage;
    private final UUID repository;

    IndexLoader(Storage storage, UUID repository) {
        this.storage = storage;
        this.repository = repository;
    }

    /// Reads what is there now, keeping what `before` has open already.
    ///
    /// @throws RepositoryException.Corrupt if a segment is damaged, or so much of the index is lost that
    ///     it must be rebuilt first
    IndexView load(IndexView before) throws IOException {
        RepositoryException.Missing last = null;
        for (int attempt = 0; attempt < MAX_TRIES; attempt++) {
            try {
                return loadOnce(before);
            } catch (RepositoryException.Missing e) {
                last = e;
            }
        }
        throw new RepositoryException.Corrupt("objects vanish while the index is read: " + last.getMessage(), last);
    }

    private IndexView loadOnce(IndexView before) throws IOException {
        List<IndexSegment> segments = segments(before); // before the packs: a pack is durable before its segment
        Map<ContentHash, Long> packs = packs();
        Map<ContentHash, List<IndexEntry>> loose = new HashMap<>();
        int count = 0;
        for (ContentHash pack : uncovered(packs, segments)) {
            for (IndexEntry entry :
                    PackDirectory.read(storage, pack, repository).places()) {
                loose.computeIfAbsent(entry.id(), _ -> new ArrayList<>(1)).add(entry);
                count++;
            }
            if (count > MAX_LOOSE_ENTRIES) {
                throw new RepositoryException.Corrupt("the index misses too many packs; run 'repo rebuild-index'");
            }
        }
        return new IndexView(packs, segments, loose, before.cache());
    }

    private List<IndexSegment> segments(IndexView before) throws IOException {
        Map<String, IndexSegment> known = new HashMap<>();
        before.segments().forEach(segment -> known.put(segment.name(), segment));
        var segments = new ArrayList<IndexSegment>();
        for (StoredObject object : objects(storage, IndexSegment.FOLDER)) {
            IndexSegment open = known.get(object.name());
            segments.add(open != null ? open : IndexSegment.open(storage, object, repository));
        }
        return List.copyOf(segments);
    }

    /// Objects below a folder, by name.
    static List<StoredObject> objects(Storage storage, String folder) throws IOException {
        var objects = new ArrayList<StoredObject>();
        storage.list(folder, objects::add);
        objects.sort(Comparator.comparing(StoredObject::name));
        return objects;
    }

    /// All existing packs. Objects with other names are left to `check`.
    Map<ContentHash, Long> packs() throws IOException {
        Map<ContentHash, Long> packs = new HashMap<>();
        storage.list(PackDirectory.FOLDER, object -> {
            try {
                packs.put(PackDirectory.id(object), object.sizeBytes());
            } catch (RepositoryException.Corrupt _) {
                return;
            }
        });
        return packs;
    }

    /// Packs of which the segments do not hold all entries, in order.
    static List<ContentHash> uncovered(Map<ContentHash, Long> packs, List<IndexSegment> segments) {
        Map<ContentHash, Integer> missing = new HashMap<>();
        for (IndexSegment segment : segments) {
            for (IndexSegment.CoveredPack covered : segment.packs()) {
                missing.merge(covered.pack(), covered.total() - covered.here(), (left, _) -> left - covered.here());
            }
        }
        return packs.keySet().stream()
                .filter(pack -> missing.getOrDefault(pack, 1) > 0)
                .sorted()
                .toList();
    }
}
