package org.virtkeep.testkit;

import java.util.Arrays;
import java.util.BitSet;

/// What the disks hold after a prefix of the sequence, block by block: one number and two bits for each.
/// Not thread-safe.
final class Replay {

    private static final byte[] ZEROS = new byte[Geometry.BLOCK_BYTES];
    private static final int SECTOR_BYTES = 512;

    private final Sequence sequence;
    private final long[][] owners; // the record that wrote the block last; 0: none, it was zeroed at the start
    private final BitSet[] zeroed; // reads as zeros
    private final BitSet[] perhapsZeroed; // was discarded: reads as the owner wrote it or as zeros
    private long last;

    Replay(Sequence sequence) {
        this.sequence = sequence;
        int disks = sequence.geometry().disks();
        owners = new long[disks][(int) sequence.geometry().regionBlocks()];
        zeroed = new BitSet[disks];
        perhapsZeroed = new BitSet[disks];
        for (int disk = 0; disk < disks; disk++) {
            zeroed[disk] = new BitSet();
            zeroed[disk].set(0, owners[disk].length);
            perhapsZeroed[disk] = new BitSet();
        }
    }

    /// Applies the records up to and including `target`.
    void forwardTo(long target) {
        while (last < target) {
            apply(sequence.entry(++last));
        }
    }

    private void apply(Sequence.Entry entry) {
        int disk = entry.disk();
        int end = entry.start() + entry.blocks();
        int cleared = entry.kind() == Sequence.Kind.DATA ? end : entry.start() + 1;
        Arrays.fill(owners[disk], entry.start(), cleared, entry.sequence());
        zeroed[disk].clear(entry.start(), cleared);
        perhapsZeroed[disk].clear(entry.start(), cleared);
        switch (entry.kind()) {
            case DATA -> {}
            case ZERO -> {
                zeroed[disk].set(cleared, end);
                perhapsZeroed[disk].clear(cleared, end);
            }
            case DISCARD -> {
                perhapsZeroed[disk].set(cleared, end);
                perhapsZeroed[disk].andNot(zeroed[disk]);
            }
        }
    }

    /// Whether the block at `offset` of `bytes` is what this disk must hold there.
    boolean holds(int disk, int block, byte[] bytes, int offset) {
        if (zeroed[disk].get(block)) {
            return matches(bytes, offset, ZEROS, 0, Geometry.BLOCK_BYTES);
        }
        return matches(bytes, offset, written(disk, block), 0, Geometry.BLOCK_BYTES)
                || perhapsZeroed[disk].get(block) && matches(bytes, offset, ZEROS, 0, Geometry.BLOCK_BYTES);
    }

    /// Whether one sector of the block is what this disk must hold there.
    boolean holdsSector(int disk, int block, int sector, byte[] bytes, int offset) {
        int at = sector * SECTOR_BYTES;
        boolean zeros = matches(bytes, offset + at, ZEROS, 0, SECTOR_BYTES);
        if (zeroed[disk].get(block)) {
            return zeros;
        }
        return perhapsZeroed[disk].get(block) && zeros
                || matches(bytes, offset + at, written(disk, block), at, SECTOR_BYTES);
    }

    /// In words: what the block must hold.
    String expected(int disk, int block) {
        if (zeroed[disk].get(block)) {
            return "zeros";
        }
        long owner = owners[disk][block];
        String written =
                "block %d of record %d".formatted(block - sequence.entry(owner).start(), owner);
        return perhapsZeroed[disk].get(block) ? written + " or zeros" : written;
    }

    private byte[] written(int disk, int block) {
        Sequence.Entry owner = sequence.entry(owners[disk][block]);
        return sequence.block(owner, block - owner.start());
    }

    private static boolean matches(byte[] bytes, int offset, byte[] wanted, int from, int length) {
        return Arrays.equals(bytes, offset, offset + length, wanted, from, from + length);
    }
}
