package org.virtkeep.repository;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// What a session said about the chunks of one disk: new id, zero, or nothing. Thread-safe; the last word
/// on a chunk counts.
///
/// At most 1,024 leaves (64 GiB of a disk with chunks of 256 KiB) are in memory, 9 MiB; further ones go to
/// a file in the spill folder, which only large disks ever create. That file is written through a
/// `RandomAccessFile`, which an interrupt does not close.
final class MapChanges implements AutoCloseable {
    private static final int MAX_LEAVES = 1024;
    private static final int TOUCHED_BYTES = MapPage.ENTRIES / Byte.SIZE;
    private static final int LEAF_BYTES = TOUCHED_BYTES + MapPage.BYTES;

    private final Path spillFolder;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<Integer, byte[]> leaves = new LinkedHashMap<>(64, 0.75f, true);
    private final BitSet spilled = new BitSet();
    private final BitSet zeroed = new BitSet(); // leaves of which nothing but "all zeros" was said
    private RandomAccessFile spill;

    MapChanges(Path spillFolder) {
        this.spillFolder = spillFolder;
    }

    void set(long chunk, ContentHash id) throws IOException {
        lock.lock();
        try {
            byte[] leaf = leaf((int) (chunk / MapPage.ENTRIES));
            write(leaf, (int) (chunk % MapPage.ENTRIES), id);
        } finally {
            lock.unlock();
        }
    }

    /// Says that the chunks `[first, end)` are zeros. Whole leaves cost one bit.
    void zero(long first, long end) throws IOException {
        lock.lock();
        try {
            for (long at = first; at < end; ) {
                int leaf = (int) (at / MapPage.ENTRIES);
                long next = Math.min(end, (leaf + 1L) * MapPage.ENTRIES);
                if (next - at == MapPage.ENTRIES) {
                    leaves.remove(leaf);
                    spilled.clear(leaf);
                    zeroed.set(leaf);
                } else {
                    for (long chunk = at; chunk < next; chunk++) {
                        write(leaf(leaf), (int) (chunk % MapPage.ENTRIES), ContentHash.ZERO);
                    }
                }
                at = next;
            }
        } finally {
            lock.unlock();
        }
    }

    private static void write(byte[] leaf, int entry, ContentHash id) {
        leaf[entry / Byte.SIZE] |= (byte) (1 << entry % Byte.SIZE);
        id.write(ByteBuffer.wrap(leaf, TOUCHED_BYTES + entry * ContentHash.BYTES, ContentHash.BYTES));
    }

    private static boolean touched(byte[] leaf, int entry) {
        return (leaf[entry / Byte.SIZE] & 1 << entry % Byte.SIZE) != 0;
    }

    private byte[] leaf(int number) throws IOException {
        byte[] leaf = leaves.get(number);
        if (leaf == null) {
            leaf = load(number);
            leaves.put(number, leaf);
            if (leaves.size() > MAX_LEAVES) {
                spillEldest();
            }
        }
        return leaf;
    }

    private byte[] load(int number) throws IOException {
        byte[] leaf = new byte[LEAF_BYTES];
        if (zeroed.get(number)) {
            zeroed.clear(number);
            Arrays.fill(leaf, 0, TOUCHED_BYTES, (byte) 0xFF);
        } else if (spilled.get(number)) {
            spill.seek((long) number * LEAF_BYTES);
            spill.readFully(leaf);
            spilled.clear(number);
        }
        return leaf;
    }

    private void spillEldest() throws IOException {
        if (spill == null) {
            Path file = Files.createTempFile(spillFolder, "virtkeep-map-", "");
            try {
                spill = new RandomAccessFile(file.toFile(), "rw");
            } finally {
                Files.delete(file); // the open file stays until it is closed
            }
        }
        var eldest = leaves.entrySet().iterator().next();
        spill.seek((long) eldest.getKey() * LEAF_BYTES);
        spill.write(eldest.getValue());
        spilled.set(eldest.getKey());
        leaves.remove(eldest.getKey());
    }

    /// Whether anything was said about a chunk.
    boolean isTouched(long chunk) throws IOException {
        lock.lock();
        try {
            int number = (int) (chunk / MapPage.ENTRIES);
            if (!leaves.containsKey(number) && !spilled.get(number)) {
                return zeroed.get(number);
            }
            return touched(leaf(number), (int) (chunk % MapPage.ENTRIES));
        } finally {
            lock.unlock();
        }
    }

    /// The leaves about which something was said.
    BitSet touchedLeaves() {
        lock.lock();
        try {
            var touched = new BitSet();
            touched.or(spilled);
            touched.or(zeroed);
            leaves.keySet().forEach(touched::set);
            return touched;
        } finally {
            lock.unlock();
        }
    }

    /// Writes what was said about the leaf `number` over `page`.
    void apply(int number, MapPage page) throws IOException {
        lock.lock();
        try {
            if (zeroed.get(number)) {
                page.clearFrom(0);
                return;
            }
            if (!leaves.containsKey(number) && !spilled.get(number)) {
                return;
            }
            byte[] leaf = leaf(number);
            for (int entry = 0; entry < MapPage.ENTRIES; entry++) {
                if (touched(leaf, entry)) {
                    int at = TOUCHED_BYTES + entry * ContentHash.BYTES;
                    page.set(entry, ContentHash.read(ByteBuffer.wrap(leaf, at, ContentHash.BYTES)));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            leaves.clear();
            if (spill != null) {
                spill.close();
                spill = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
