package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The blocks of index segments that were used last, at most 4,096 of 3 KiB. Thread-safe; reads happen
/// without the lock, so that two threads may read the same block.
final class BlockCache {
    private static final int MAX_BLOCKS = 4096;

    private record Key(String segment, int block) {}

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<Key, ByteBuffer> blocks = new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, ByteBuffer> eldest) {
            return size() > MAX_BLOCKS;
        }
    };

    /// The block's entries. The caller reads with absolute positions and changes nothing.
    ByteBuffer block(IndexSegment segment, int block) throws IOException {
        var key = new Key(segment.name(), block);
        lock.lock();
        try {
            ByteBuffer known = blocks.get(key);
            if (known != null) {
                return known;
            }
        } finally {
            lock.unlock();
        }
        ByteBuffer read = segment.readBlock(block);
        lock.lock();
        try {
            blocks.put(key, read);
            return read;
        } finally {
            lock.unlock();
        }
    }
}
