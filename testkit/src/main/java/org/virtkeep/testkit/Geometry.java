package org.virtkeep.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What decides a writer's sequence: the superblock of each of its disks. The bytes are described in
/// `testkit/guest/FORMAT.md`.
///
/// @param run tells two runs with the same seed apart
/// @param regionBlocks blocks of each disk that belong to the writer, superblock included
/// @param disks 1 to 4
/// @param maxBlocks of one record: a power of two up to 64
public record Geometry(
        long run, long seed, long regionBlocks, int disks, int maxBlocks, int zeroPermille, int discardPermille) {

    static final int BLOCK_BYTES = 4096;
    static final int MAX_BLOCKS = 64;
    private static final int MAX_DISKS = 4;
    private static final int VERSION = 1;
    private static final int CRC_OFFSET = BLOCK_BYTES - 4;
    private static final byte[] MAGIC = "VKWRITER".getBytes(StandardCharsets.US_ASCII);

    /// @throws IllegalArgumentException if a value is out of its range
    public Geometry {
        if (disks < 1 || disks > MAX_DISKS || Integer.bitCount(maxBlocks) != 1 || maxBlocks > MAX_BLOCKS) {
            throw new IllegalArgumentException(
                    "no geometry of a writer: disks %d, blocks of a record %d".formatted(disks, maxBlocks));
        }
        if (regionBlocks < 2 * MAX_BLOCKS || regionBlocks > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no geometry of a writer: region of " + regionBlocks + " blocks");
        }
    }

    /// A run of its own with records of all sizes and kinds over `regionBytes` of each disk.
    public static Geometry of(long seed, int disks, long regionBytes) {
        return new Geometry(System.nanoTime(), seed, regionBytes / BLOCK_BYTES, disks, MAX_BLOCKS, 50, 50);
    }

    byte[] superblock(int disk) {
        var block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        block.put(MAGIC).putInt(VERSION).putInt(disk).putInt(disks).putInt(maxBlocks);
        block.putLong(run)
                .putLong(seed)
                .putLong(regionBlocks)
                .putInt(zeroPermille)
                .putInt(discardPermille);
        block.putInt(CRC_OFFSET, crc(block.array()));
        return block.array();
    }

    /// The place of the disk among its fellows that a superblock names.
    static int place(byte[] superblock) {
        return ByteBuffer.wrap(superblock).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
    }

    /// Empty if the block is not a whole superblock.
    static Optional<Geometry> read(byte[] block) {
        var bytes = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        if (!Arrays.equals(block, 0, 8, MAGIC, 0, 8)
                || bytes.getInt(8) != VERSION
                || bytes.getInt(CRC_OFFSET) != crc(block)) {
            return Optional.empty();
        }
        return Optional.of(new Geometry(
                bytes.getLong(24),
                bytes.getLong(32),
                bytes.getLong(40),
                bytes.getInt(16),
                bytes.getInt(20),
                bytes.getInt(48),
                bytes.getInt(52)));
    }

    private static int crc(byte[] block) {
        var crc = new CRC32C();
        crc.update(block, 0, CRC_OFFSET);
        return (int) crc.getValue();
    }
}
