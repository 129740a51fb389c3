package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the index from the directories of the packs. Confined to one thread; sessions may go on meanwhile.
final class IndexRebuilder {
    private static final Logger LOG = LoggerFactory.getLogger(IndexRebuilder.class);

    /// Entries sorted at once, some 50 MiB of heap.
    private static final int BATCH_ENTRIES = 1 << 18;

    private final Storage storage;
    private final UUID repository;

    IndexRebuilder(Storage storage, UUID repository) {
        this.storage = storage;
        this.repository = repository;
    }

    /// @return the number of packs that could be read; damaged packs are left out, and told by a check
    int rebuild() throws IOException {
        List<String> old = IndexLoader.objects(storage, IndexSegment.FOLDER).stream()
                .map(StoredObject::name)
                .toList();
        Map<ContentHash, Integer> totals = new HashMap<>();
        var batch = new ArrayList<IndexEntry>();
        for (ContentHash pack : new IndexLoader(storage, repository)
                .packs().keySet().stream().sorted().toList()) {
            try {
                PackDirectory directory = PackDirectory.read(storage, pack, repository);
                totals.put(pack, directory.entries().size());
                batch.addAll(directory.places());
            } catch (RepositoryException.Missing | RepositoryException.Corrupt e) {
                LOG.warn("pack left out of the index pack={} cause={}", pack, e.getMessage());
            }
            if (batch.size() >= BATCH_ENTRIES) {
                write(batch, totals);
            }
        }
        write(batch, totals);
        storage.delete(old);
        return totals.size();
    }

    private void write(List<IndexEntry> batch, Map<ContentHash, Integer> totals) throws IOException {
        batch.sort(IndexEntry.ORDER);
        var writer = new SegmentWriter(storage, repository, IndexMerger.SEGMENT_ENTRIES, totals::get);
        for (IndexEntry entry : batch) {
            writer.add(entry);
        }
        writer.finish();
        batch.clear();
    }
}
