package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToIntFunction;

/// Gathers entries in their order and stores them as segments of bounded size. Confined to one thread.
final class SegmentWriter {
    private final Storage storage;
    private final UUID repository;
    private final int maxEntries;
    private final long run;
    private final ToIntFunction<ContentHash> packTotals;
    private final List<IndexEntry> entries = new ArrayList<>();
    private final List<StoredObject> written = new ArrayList<>();

    /// @param packTotals how many entries a pack has
    SegmentWriter(Storage storage, UUID repository, int maxEntries, ToIntFunction<ContentHash> packTotals) {
        this(
                storage,
                repository,
                maxEntries,
                packTotals,
                ContentHash.of(Digests.random(32)).a());
    }

    /// @param run the number that all segments of this writer have in common
    SegmentWriter(Storage storage, UUID repository, int maxEntries, ToIntFunction<ContentHash> packTotals, long run) {
        this.run = run;
        this.storage = storage;
        this.repository = repository;
        this.maxEntries = maxEntries;
        this.packTotals = packTotals;
    }

    /// Adds an entry, which is not smaller than the one before. One that equals it is dropped.
    void add(IndexEntry entry) throws IOException {
        if (!entries.isEmpty() && entries.getLast().equals(entry)) {
            return;
        }
        entries.add(entry);
        if (entries.size() >= maxEntries) {
            flush();
        }
    }

    /// Stores what was gathered.
    ///
    /// @return all segments that this writer stored, durable
    List<StoredObject> finish() throws IOException {
        if (!entries.isEmpty()) {
            flush();
        }
        return List.copyOf(written);
    }

    private void flush() throws IOException {
        ByteBuffer segment = encode();
        String name = IndexSegment.FOLDER
                + ContentHash.read(segment.slice(segment.limit() - 32, 32)).hex();
        storage.putIfAbsent(name, segment);
        written.add(new StoredObject(name, segment.limit()));
        entries.clear();
    }

    private ByteBuffer encode() {
        Map<ContentHash, Integer> here = new TreeMap<>();
        entries.forEach(entry -> here.merge(entry.pack(), 1, Integer::sum));
        int blocks = Math.ceilDiv(entries.size(), IndexSegment.BLOCK_ENTRIES);
        int tables = here.size() * IndexSegment.PACK_BYTES + blocks * IndexSegment.BLOCK_ROW_BYTES;
        int start = IndexSegment.HEADER_BYTES + tables;
        ByteBuffer segment = ByteBuffer.allocate(start + entries.size() * IndexSegment.ENTRY_BYTES + ContentHash.BYTES);
        Map<ContentHash, Integer> numbers = writePacks(segment.position(IndexSegment.HEADER_BYTES), here);
        ByteBuffer body = segment.duplicate().position(start);
        entries.forEach(entry -> IndexSegment.writeEntry(body, entry, numbers.get(entry.pack())));
        writeBlockTable(segment, start);
        writeHeader(segment, here.size(), tables);
        int end = body.position();
        Digests.sha256(segment.slice(0, end)).write(body);
        return segment.position(0).limit(body.position());
    }

    private Map<ContentHash, Integer> writePacks(ByteBuffer to, Map<ContentHash, Integer> here) {
        var numbers = new HashMap<ContentHash, Integer>();
        here.forEach((pack, count) -> {
            numbers.put(pack, numbers.size());
            pack.write(to);
            to.putInt(packTotals.applyAsInt(pack)).putInt(count);
        });
        return numbers;
    }

    private void writeBlockTable(ByteBuffer segment, int start) {
        for (int first = 0; first < entries.size(); first += IndexSegment.BLOCK_ENTRIES) {
            int count = Math.min(IndexSegment.BLOCK_ENTRIES, entries.size() - first);
            segment.putLong(entries.get(first).id().a());
            segment.putInt(Digests.crc32c(
                    segment.slice(start + first * IndexSegment.ENTRY_BYTES, count * IndexSegment.ENTRY_BYTES)));
        }
    }

    private void writeHeader(ByteBuffer segment, int packs, int tables) {
        ByteBuffer header = segment.duplicate().position(0);
        header.putLong(IndexSegment.MAGIC)
                .putShort(IndexSegment.VERSION)
                .putShort((short) 0)
                .putInt(packs);
        header.putLong(repository.getMostSignificantBits()).putLong(repository.getLeastSignificantBits());
        header.putInt(entries.size()).putInt(IndexSegment.BLOCK_ENTRIES);
        header.putLong(entries.getLast().id().a()).putLong(run);
        header.putInt(Digests.crc32c(
                segment.slice(0, IndexSegment.HASHED_HEADER_BYTES), segment.slice(IndexSegment.HEADER_BYTES, tables)));
    }
}
