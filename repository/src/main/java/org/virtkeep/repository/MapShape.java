package org.virtkeep.repository;

import java.nio.ByteBuffer;

/// How the map of a disk of some size is built: a tree of pages with 256 ids each, whose leaves hold the
/// ids of chunks. Level 0 are the leaves; the root is alone on the highest level. Immutable.
record MapShape(long sizeBytes, int chunkBytes) {

    /// Bits of an index that one level consumes.
    static final int LEVEL_BITS = 8;

    private static final int MAX_LEVELS = 8;

    /// Larger disks would have more leaves than an int can count.
    static final long MAX_SIZE_BYTES = 1L << 52;

    /// @throws IllegalArgumentException if the size is negative or above 4 PiB
    MapShape {
        if (sizeBytes < 0 || sizeBytes > MAX_SIZE_BYTES) {
            throw new IllegalArgumentException("a disk of %d bytes cannot be stored".formatted(sizeBytes));
        }
    }

    long chunkCount() {
        return Math.ceilDiv(sizeBytes, chunkBytes);
    }

    int leafCount() {
        return Math.toIntExact(Math.ceilDiv(chunkCount(), MapPage.ENTRIES));
    }

    /// Levels of the tree, at least 1.
    int height() {
        int height = 1;
        while (height < MAX_LEVELS && chunkCount() > 1L << LEVEL_BITS * height) {
            height++;
        }
        return height;
    }

    /// Length of a chunk's part of the disk: the chunk size, or less for the last chunk.
    int lengthOf(long chunk) {
        return (int) Math.min(chunkBytes, sizeBytes - chunk * chunkBytes);
    }

    /// What the manifest keeps as the disk's tree hash: SHA-256 of size, chunk size and root id.
    ContentHash treeHash(ContentHash root) {
        ByteBuffer parts = ByteBuffer.allocate(8 + 4 + ContentHash.BYTES)
                .putLong(sizeBytes)
                .putInt(chunkBytes);
        root.write(parts);
        return Digests.sha256(parts.flip());
    }
}
