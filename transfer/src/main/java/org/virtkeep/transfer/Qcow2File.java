package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// A qcow2 image of version 3 without backing file, written once from front to back (QEMU's
/// docs/interop/qcow2.txt). Clusters get their place in the file in the order in which they come, so
/// that the file is written nearly in its own order too; zeros are not allocated. Tables come after what
/// they describe, and the header last: before that, the file is no image.
///
/// Memory: one level-2 table and the level-1 table, 8 bytes for each of `clusterSize² / 8` bytes of the
/// disk.
final class Qcow2File implements DiskTarget {
    private static final int ENTRY_BYTES = Long.BYTES; // but for level-2 tables that are extended
    private static final int HEADER_BYTES = 104;
    private static final int EXTENDED_L2_FEATURE = 1 << 4;
    private static final long ALL_PARTS = 0xffff_ffffL; // "all 32 subclusters are allocated"
    private static final long COPIED = 1L << 63; // "the reference count is exactly one"
    private static final int NONE = -1;

    private final PartialFile file;
    private final long sizeBytes;
    private final Qcow2Options options;
    private final int clusterBits;
    private final long[] level1;
    private final ByteBuffer level2;
    private int level2Index = NONE; // which one is being filled
    private long lastCluster = NONE; // of the disk
    private long nextFree; // in the file

    Qcow2File(Path path, long sizeBytes, Qcow2Options options, boolean replace) throws IOException {
        this.sizeBytes = sizeBytes;
        this.options = options;
        this.clusterBits = options.clusterBits();
        this.level1 = new long[Math.toIntExact(Math.ceilDiv(sizeBytes, entriesPerTable() * clusterBytes()))];
        this.level2 = ByteBuffer.allocate((int) clusterBytes());
        this.nextFree = clusterBytes(); // behind the header
        this.file = PartialFile.create(path, replace);
    }

    private long entriesPerTable() {
        return clusterBytes() / options.level2EntryBytes();
    }

    private long clusterBytes() {
        return 1L << clusterBits;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        for (long at = offset; bytes.hasRemaining(); ) {
            long place = place(at);
            int length = run(at, place, bytes.remaining());
            ByteBuffer part = bytes.slice(bytes.position(), length);
            file.write(place, part);
            bytes.position(bytes.position() + length);
            at += length;
        }
    }

    /// Where the byte of the disk is in the file; its cluster is allocated if need be.
    private long place(long at) throws IOException {
        long cluster = at >> clusterBits;
        int within = (int) (at & clusterBytes() - 1);
        int table = (int) (cluster / entriesPerTable());
        if (table != level2Index) {
            finishTable();
            level2Index = table;
        }
        int entry = (int) (cluster % entriesPerTable()) * options.level2EntryBytes();
        if (cluster != lastCluster) {
            level2.putLong(entry, allocate(1) | COPIED);
            if (options.extendedL2()) {
                level2.putLong(entry + Long.BYTES, ALL_PARTS); // those not written are holes of the file
            }
            lastCluster = cluster;
        }
        return (level2.getLong(entry) & ~COPIED) + within;
    }

    /// How many bytes from here on lie together in the file; allocates their clusters.
    private int run(long at, long place, int wanted) throws IOException {
        long length = clusterBytes() - (at & clusterBytes() - 1);
        while (length < wanted && isInTable(at + length)) {
            if (place(at + length) != place + length) {
                throw new IllegalStateException("clusters of a run are not together");
            }
            length += clusterBytes();
        }
        return (int) Math.min(length, wanted);
    }

    private boolean isInTable(long at) {
        return (at >> clusterBits) / entriesPerTable() == level2Index;
    }

    private long allocate(long clusters) {
        long place = nextFree;
        nextFree += clusters * clusterBytes();
        return place;
    }

    private void finishTable() throws IOException {
        if (level2Index == NONE) {
            return;
        }
        long place = allocate(1);
        file.write(place, level2.duplicate().clear());
        level1[level2Index] = place | COPIED;
        java.util.Arrays.fill(level2.array(), (byte) 0);
        level2Index = NONE;
    }

    @Override
    public void finish() throws IOException {
        finishTable();
        long level1Place = writeLongs(level1, Math.max(1, level1.length));
        Refcounts refcounts = writeRefcounts();
        file.setLength(nextFree);
        file.write(0, header(level1Place, refcounts));
        file.finish();
    }

    /// @return where they are in the file
    private long writeLongs(long[] values, int atLeast) throws IOException {
        long bytes = (long) Math.max(atLeast, values.length) * ENTRY_BYTES;
        long place = allocate(Math.ceilDiv(bytes, clusterBytes()));
        ByteBuffer table = ByteBuffer.allocate(values.length * ENTRY_BYTES);
        for (long value : values) {
            table.putLong(value);
        }
        file.write(place, table.flip());
        return place;
    }

    private record Refcounts(long tablePlace, int tableClusters) {}

    /// Every cluster of the file is used exactly once, those of the reference counts too.
    private Refcounts writeRefcounts() throws IOException {
        long perBlock = options.refcountsPerBlock();
        long perTable = clusterBytes() / ENTRY_BYTES;
        long used = nextFree >> clusterBits;
        long blocks = 0;
        long tables = 0;
        while (blocks * perBlock < used + blocks + tables || tables * perTable < blocks) {
            blocks = Math.ceilDiv(used + blocks + tables, perBlock);
            tables = Math.ceilDiv(blocks, perTable);
        }
        long firstBlock = allocate(blocks);
        long total = used + blocks + tables;
        var places = new long[Math.toIntExact(blocks)];
        for (int block = 0; block < blocks; block++) {
            places[block] = firstBlock + block * clusterBytes();
            file.write(places[block], ones(Math.min(perBlock, total - block * perBlock)));
        }
        return new Refcounts(writeLongs(places, 1), Math.toIntExact(tables));
    }

    /// Reference counts of one. Of those narrower than a byte, the first is in the lowest bits.
    private ByteBuffer ones(long count) {
        int order = options.refcountOrder();
        if (order >= 3) {
            int bytes = 1 << order - 3;
            ByteBuffer block = ByteBuffer.allocate((int) count * bytes);
            for (int last = bytes - 1; last < block.capacity(); last += bytes) {
                block.put(last, (byte) 1);
            }
            return block;
        }
        ByteBuffer block = ByteBuffer.allocate((int) Math.ceilDiv(count << order, (long) Byte.SIZE));
        for (long number = 0; number < count; number++) {
            int at = (int) (number << order >> 3);
            block.put(at, (byte) (block.get(at) | 1 << (number << order & 7)));
        }
        return block;
    }

    private ByteBuffer header(long level1Place, Refcounts refcounts) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES + 2 * Integer.BYTES);
        header.putInt(Qcow2Header.MAGIC).putInt(3);
        header.putLong(0).putInt(0); // no backing file
        header.putInt(clusterBits).putLong(sizeBytes);
        header.putInt(0); // not encrypted
        header.putInt(level1.length).putLong(level1Place);
        header.putLong(refcounts.tablePlace()).putInt(refcounts.tableClusters());
        header.putInt(0).putLong(0); // no snapshots
        header.putLong(options.extendedL2() ? EXTENDED_L2_FEATURE : 0); // what a reader must know
        header.putLong(options.lazyRefcounts() ? 1 : 0).putLong(0); // what it may ignore
        header.putInt(options.refcountOrder()).putInt(HEADER_BYTES);
        return header.position(header.capacity()).flip(); // and an empty list of extensions
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
