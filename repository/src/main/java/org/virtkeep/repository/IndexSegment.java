package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/// One immutable, sorted part of the index. In memory are only the table of its packs and the first 8
/// bytes of every 64th id; entries are read from storage in blocks, each with its own checksum.
/// Thread-safe.
final class IndexSegment {
    static final String FOLDER = "index/";
    static final int ENTRY_BYTES = 48;
    static final int BLOCK_ENTRIES = 64;
    static final int BLOCK_BYTES = ENTRY_BYTES * BLOCK_ENTRIES;
    static final int HEADER_BYTES = 60;
    static final int HASHED_HEADER_BYTES = 56;
    static final int PACK_BYTES = 40;
    static final int BLOCK_ROW_BYTES = 12;
    static final long MAGIC = 0x564B_494E_4445_5831L; // "VKINDEX1"
    static final short VERSION = 1;

    /// The largest segment: tables of 1 Mi packs and the entries below it.
    static final int MAX_ENTRIES = 1 << 20;

    static final int MAX_BYTES = 128 << 20;

    private final Storage storage;
    private final String name;
    private final int entryCount;
    private final long entriesOffset;
    private final List<CoveredPack> packs;
    private final long run;
    private final long lastPrefix;
    private final long[] firstPrefixes;
    private final int[] blockChecksums;

    /// A pack of which this segment has entries.
    ///
    /// @param total the number of entries in the pack
    /// @param here how many of them are in this segment
    record CoveredPack(ContentHash pack, int total, int here) {}

    private IndexSegment(
            Storage storage, String name, int entryCount, ByteBuffer header, ByteBuffer tables, int packCount) {
        int blockCount = Math.ceilDiv(entryCount, BLOCK_ENTRIES);
        this.run = header.getLong(48);
        this.lastPrefix = header.getLong(40);
        this.storage = storage;
        this.name = name;
        this.entryCount = entryCount;
        this.entriesOffset = HEADER_BYTES + tables.remaining();
        var covered = new ArrayList<CoveredPack>(packCount);
        for (int pack = 0; pack < packCount; pack++) {
            covered.add(new CoveredPack(ContentHash.read(tables), tables.getInt(), tables.getInt()));
        }
        this.packs = Collections.unmodifiableList(covered);
        this.firstPrefixes = new long[blockCount];
        this.blockChecksums = new int[blockCount];
        for (int block = 0; block < blockCount; block++) {
            firstPrefixes[block] = tables.getLong();
            blockChecksums[block] = tables.getInt();
        }
    }

    /// Reads header and tables.
    ///
    /// @throws RepositoryException.Corrupt if they are damaged; `rebuild-index` mends that
    static IndexSegment open(Storage storage, StoredObject object, UUID repository) throws IOException {
        String name = object.name();
        ByteBuffer header = readHeader(storage, object, repository);
        int packCount = header.getInt(12);
        int entryCount = header.getInt(32);
        long blockCount = Math.ceilDiv(entryCount, BLOCK_ENTRIES);
        long tableBytes = (long) packCount * PACK_BYTES + blockCount * BLOCK_ROW_BYTES;
        long size = HEADER_BYTES + tableBytes + (long) entryCount * ENTRY_BYTES + ContentHash.BYTES;
        if (packCount < 0 || entryCount <= 0 || entryCount > MAX_ENTRIES || size != object.sizeBytes()) {
            throw damaged(name, "its counts");
        }
        ByteBuffer tables = ByteBuffer.allocate((int) tableBytes);
        storage.read(name, HEADER_BYTES, tables);
        tables.flip();
        if (Digests.crc32c(header.slice(0, HASHED_HEADER_BYTES), tables) != header.getInt(HASHED_HEADER_BYTES)) {
            throw damaged(name, "the checksum of its tables");
        }
        return new IndexSegment(storage, name, entryCount, header, tables, packCount);
    }

    private static ByteBuffer readHeader(Storage storage, StoredObject object, UUID repository) throws IOException {
        String name = object.name();
        if (object.sizeBytes() < HEADER_BYTES + ContentHash.BYTES || object.sizeBytes() > MAX_BYTES) {
            throw damaged(name, "a size of %d bytes".formatted(object.sizeBytes()));
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        storage.read(name, 0, header);
        header.flip();
        if (header.getLong(0) != MAGIC) {
            throw damaged(name, "its magic number");
        }
        if (header.getShort(8) != VERSION) {
            throw new RepositoryException.UnsupportedVersion("index segment '%s' has version %d, this virtkeep knows %d"
                    .formatted(name, header.getShort(8), VERSION));
        }
        if (!new UUID(header.getLong(16), header.getLong(24)).equals(repository)) {
            throw damaged(name, "the repository it names");
        }
        return header;
    }

    private static RepositoryException.Corrupt damaged(String name, String what) {
        return new RepositoryException.Corrupt(
                "index segment '%s' is damaged (%s); 'repo rebuild-index' makes the index anew".formatted(name, what));
    }

    String name() {
        return name;
    }

    /// Segments that were written together, and so do not overlap, have the same run.
    long run() {
        return run;
    }

    int entryCount() {
        return entryCount;
    }

    List<CoveredPack> packs() {
        return packs;
    }

    int blockCount() {
        return firstPrefixes.length;
    }

    /// Visits every entry with this id, with its ordinal in the segment.
    void find(ContentHash id, BlockCache cache, Visitor visitor) throws IOException {
        if (Long.compareUnsigned(id.a(), lastPrefix) > 0) {
            return;
        }
        for (int block = lastBlockFrom(id.a()); block >= 0; block--) {
            ByteBuffer entries = cache.block(this, block);
            scan(entries, block, id, visitor);
            if (Long.compareUnsigned(firstPrefixes[block], id.a()) < 0) {
                return;
            }
        }
    }

    /// Receives an entry and its ordinal.
    interface Visitor {
        void accept(int ordinal, IndexEntry entry) throws IOException;
    }

    /// The last block whose first id does not begin beyond `prefix`; -1 if there is none.
    private int lastBlockFrom(long prefix) {
        int low = 0;
        int high = firstPrefixes.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(firstPrefixes[middle], prefix) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    private void scan(ByteBuffer entries, int block, ContentHash id, Visitor visitor) throws IOException {
        int count = entries.remaining() / ENTRY_BYTES;
        for (int entry = lowerBound(entries, count, id.a()); entry < count; entry++) {
            int at = entry * ENTRY_BYTES;
            if (entries.getLong(at) != id.a()) {
                return;
            }
            if (ContentHash.read(entries.slice(at, ContentHash.BYTES)).equals(id)) {
                visitor.accept(block * BLOCK_ENTRIES + entry, entry(entries, at));
            }
        }
    }

    private static int lowerBound(ByteBuffer entries, int count, long prefix) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(entries.getLong(middle * ENTRY_BYTES), prefix) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private IndexEntry entry(ByteBuffer entries, int at) throws RepositoryException.Corrupt {
        ByteBuffer from = entries.slice(at, ENTRY_BYTES);
        ContentHash id = ContentHash.read(from);
        int pack = from.getInt();
        int offset = from.getInt();
        int storedLength = from.getInt();
        int kindAndLength = from.getInt();
        if (pack < 0
                || pack >= packs.size()
                || offset < PackHeader.BYTES
                || storedLength <= 0
                || storedLength > EntryHeader.MAX_STORED_BYTES) {
            throw damaged(name, "an entry");
        }
        return new IndexEntry(
                id,
                packs.get(pack).pack(),
                offset,
                storedLength,
                EntryKind.of(kindAndLength >>> 24),
                kindAndLength & 0xFF_FFFF);
    }

    static void writeEntry(ByteBuffer to, IndexEntry entry, int pack) {
        entry.id().write(to);
        to.putInt(pack).putInt(entry.offset()).putInt(entry.storedLength());
        to.putInt(entry.kind().wireValue << 24 | entry.rawLength());
    }

    /// Reads one block and checks it.
    ByteBuffer readBlock(int block) throws IOException {
        int count = Math.min(BLOCK_ENTRIES, entryCount - block * BLOCK_ENTRIES);
        ByteBuffer entries = ByteBuffer.allocate(count * ENTRY_BYTES);
        storage.read(name, entriesOffset + (long) block * BLOCK_BYTES, entries);
        entries.flip();
        if (Digests.crc32c(entries) != blockChecksums[block]) {
            throw damaged(name, "block %d".formatted(block));
        }
        return entries;
    }

    /// Visits all entries in their order.
    void forEach(Consumer<IndexEntry> visitor) throws IOException {
        for (int block = 0; block < blockCount(); block++) {
            entriesOf(block).forEach(visitor);
        }
    }

    List<IndexEntry> entriesOf(int block) throws IOException {
        ByteBuffer bytes = readBlock(block);
        var entries = new ArrayList<IndexEntry>(BLOCK_ENTRIES);
        for (int at = 0; at < bytes.limit(); at += ENTRY_BYTES) {
            entries.add(entry(bytes, at));
        }
        return entries;
    }

    /// Reads everything and checks it against the name.
    void verify() throws IOException {
        ByteBuffer all = storage.readAll(name, MAX_BYTES);
        int end = all.limit() - ContentHash.BYTES;
        ContentHash hash = Digests.sha256(all.slice(0, end));
        ContentHash footer = ContentHash.read(all.slice(end, ContentHash.BYTES));
        if (!hash.equals(footer) || !name.equals(FOLDER + hash.hex())) {
            throw damaged(name, "its checksum");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
