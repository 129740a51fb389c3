package org.virtkeep.testkit;

import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalLong;

/// The range of the record that was perhaps being written at the instant of a copy: each sector must be old or
/// new. A record that clears its range writes its header block afterwards, so there a new header block proves
/// that the whole range is new. Not thread-safe.
final class TornRecord {

    private static final int SECTORS = Geometry.BLOCK_BYTES / 512;

    private final Sequence.Entry entry;
    private final byte[][] found;
    private final BitSet oldSectors = new BitSet(); // numbered through the range

    TornRecord(Sequence.Entry entry) {
        this.entry = entry;
        this.found = new byte[entry.blocks()][];
    }

    Sequence.Entry entry() {
        return entry;
    }

    byte[] block(int block) {
        return found[block - entry.start()];
    }

    /// Keeps a block of the range, and notes which of its sectors are as the records before left them.
    void add(int block, byte[] bytes, int offset, Replay before) {
        int index = block - entry.start();
        found[index] = Arrays.copyOfRange(bytes, offset, offset + Geometry.BLOCK_BYTES);
        for (int sector = 0; sector < SECTORS; sector++) {
            oldSectors.set(index * SECTORS + sector, before.holdsSector(entry.disk(), block, sector, found[index], 0));
        }
    }

    /// Whether any sector is not as the records before left it.
    boolean isTouched() {
        return oldSectors.cardinality() < entry.blocks() * SECTORS;
    }

    /// The first block with a sector that is neither old nor new.
    ///
    /// @param after what the disks hold when this record is complete
    OptionalLong firstFault(Replay after) {
        boolean clearingIsDone = entry.kind() != Sequence.Kind.DATA && oldSectors.nextClearBit(0) < SECTORS;
        for (int index = 0; index < entry.blocks(); index++) {
            for (int sector = 0; sector < SECTORS; sector++) {
                boolean mayBeOld = index == 0 || !clearingIsDone;
                boolean isOld = oldSectors.get(index * SECTORS + sector);
                int block = entry.start() + index;
                if (!(mayBeOld && isOld) && !after.holdsSector(entry.disk(), block, sector, found[index], 0)) {
                    return OptionalLong.of(block);
                }
            }
        }
        return OptionalLong.empty();
    }
}
