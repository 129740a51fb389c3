package org.virtkeep.repository;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// One page of a map: the ids of 256 chunks, or of 256 pages one level below. Zero means that all of it is
/// zeros. Not thread-safe while it is changed.
final class MapPage {
    static final int ENTRIES = 1 << MapShape.LEVEL_BITS;
    static final int BYTES = ENTRIES * ContentHash.BYTES;

    private final byte[] bytes;

    /// @param bytes used, not copied
    MapPage(byte[] bytes) {
        this.bytes = bytes;
    }

    static MapPage empty() {
        return new MapPage(new byte[BYTES]);
    }

    ContentHash get(int entry) {
        return ContentHash.read(ByteBuffer.wrap(bytes, entry * ContentHash.BYTES, ContentHash.BYTES));
    }

    void set(int entry, ContentHash id) {
        id.write(ByteBuffer.wrap(bytes, entry * ContentHash.BYTES, ContentHash.BYTES));
    }

    /// Zeroes the entries from `first` on.
    void clearFrom(int first) {
        Arrays.fill(bytes, first * ContentHash.BYTES, BYTES, (byte) 0);
    }

    boolean isZero() {
        for (int entry = 0; entry < ENTRIES; entry++) {
            if (!get(entry).isZero()) {
                return false;
            }
        }
        return true;
    }

    MapPage copy() {
        return new MapPage(bytes.clone());
    }

    byte[] bytes() {
        return bytes;
    }
}
