package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/// What one session stores: new chunks and pages go to packs, known ones are found and not stored again.
/// Thread-safe, but for [#flush] and [#close], before which all other calls must have ended.
///
/// "Known" means: in a pack that existed when the session began, after its lease was durable, that is not
/// condemned, in a copy not known to be damaged; or stored by this session. So nothing the session relies
/// on can be pruned.
final class ChunkStore implements AutoCloseable {
    private final Storage storage;
    private final Codec codec;
    private final UUID repository;
    private final ChunkIndex index;
    private final int indexBatch;
    private final Exclusions exclusions;
    private final PackWriter packs;

    /// Ids that this session stores and that are not in the index yet.
    private final Set<ContentHash> fresh = ConcurrentHashMap.newKeySet();

    private final LongAdder newEntries = new LongAdder();
    private final LongAdder knownEntries = new LongAdder();
    private final LongAdder storedBytes = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final List<PackDirectory> unindexed = new ArrayList<>();
    private int unindexedEntries;

    /// Which of the existing copies must not be relied on.
    interface Exclusions {
        boolean excludes(IndexEntry copy);
    }

    ChunkStore(
            Storage storage,
            Codec codec,
            UUID repository,
            RepositorySettings settings,
            ChunkIndex index,
            Exclusions exclusions) {
        this.storage = storage;
        this.codec = codec;
        this.repository = repository;
        this.indexBatch = settings.indexBatch();
        this.index = index;
        this.exclusions = exclusions;
        this.packs = new PackWriter(storage, codec, repository, settings, this::durable);
    }

    /// Makes ready for what is soon to be put. Does not wait.
    void prepare() {
        packs.prepare();
    }

    /// Makes sure that content with the hash `id` is, or will be, stored. The content may be changed after
    /// return; the buffer's position stays.
    ///
    /// @param content in the heap, or in direct memory if the repository is not encrypted
    /// @return whether it was new
    boolean put(EntryKind kind, ContentHash id, ByteBuffer content) throws IOException {
        if (!fresh.add(id)) {
            knownEntries.increment();
            return false;
        }
        if (isKnown(id)) {
            fresh.remove(id);
            knownEntries.increment();
            return false;
        }
        try {
            packs.append(kind, id, content);
        } catch (IOException | RuntimeException | Error e) {
            packs.fail(new IOException("chunk %s could not be stored".formatted(id), e)); // others may count on it
            throw e;
        }
        newEntries.increment();
        return true;
    }

    /// Stores a map page.
    ContentHash putPage(MapPage page) throws IOException {
        ContentHash id = codec.keys().id(page.bytes(), 0, MapPage.BYTES);
        put(EntryKind.PAGE, id, ByteBuffer.wrap(page.bytes(), 0, MapPage.BYTES));
        return id;
    }

    private boolean isKnown(ContentHash id) throws IOException {
        for (IndexView.Copy copy : index.copies(id)) {
            if (!exclusions.excludes(copy.entry())) {
                return true;
            }
        }
        return false;
    }

    private void durable(PackDirectory pack) throws IOException {
        storedBytes.add(pack.sizeBytes());
        lock.lock();
        try {
            unindexed.add(pack);
            unindexedEntries += pack.entries().size();
            if (unindexedEntries >= indexBatch) {
                writeSegments();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Writes segments for the packs that have none. Holds the lock over the storage calls: only uploads
    /// wait for it.
    private void writeSegments() throws IOException {
        if (unindexed.isEmpty()) {
            return;
        }
        var sizes = new HashMap<ContentHash, Long>();
        var totals = new HashMap<ContentHash, Integer>();
        var entries = new ArrayList<IndexEntry>(unindexedEntries);
        for (PackDirectory pack : unindexed) {
            sizes.put(pack.pack(), pack.sizeBytes());
            totals.put(pack.pack(), pack.entries().size());
            entries.addAll(pack.places());
        }
        entries.sort(IndexEntry.ORDER);
        var writer = new SegmentWriter(storage, repository, IndexMerger.SEGMENT_ENTRIES, totals::get);
        for (IndexEntry entry : entries) {
            writer.add(entry);
        }
        addToIndex(sizes, writer.finish());
        entries.forEach(entry -> fresh.remove(entry.id()));
        unindexed.clear();
        unindexedEntries = 0;
    }

    private void addToIndex(Map<ContentHash, Long> packSizes, List<StoredObject> segments) throws IOException {
        try {
            index.add(packSizes, IndexView.open(storage, segments, repository));
        } catch (RepositoryException.Missing _) {
            index.refresh(); // another process has merged them already
        }
    }

    /// Makes all packs durable, and then the index of them. After this a manifest may refer to what was
    /// put.
    void flush() throws IOException {
        packs.drain();
        lock.lock();
        try {
            writeSegments();
        } finally {
            lock.unlock();
        }
    }

    Statistics statistics() {
        return new Statistics(newEntries.sum(), knownEntries.sum(), storedBytes.sum());
    }

    /// @param newEntries chunks and pages that were stored
    /// @param knownEntries those that were there already
    /// @param storedBytes size of the packs written
    record Statistics(long newEntries, long knownEntries, long storedBytes) {}

    /// Gives up what is not durable yet; waits for what is being stored. Idempotent.
    @Override
    public void close() {
        packs.close();
    }
}
