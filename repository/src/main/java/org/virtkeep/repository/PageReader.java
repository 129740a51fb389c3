package org.virtkeep.repository;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Reads map pages, and keeps the 1,024 used last (8 MiB). Thread-safe. The pages are shared: change only
/// copies.
final class PageReader {
    private static final int MAX_PAGES = 1024;
    private static final MapPage ZEROS = MapPage.empty();

    private final EntryReader entries;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<ContentHash, MapPage> pages = new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ContentHash, MapPage> eldest) {
            return size() > MAX_PAGES;
        }
    };

    PageReader(EntryReader entries) {
        this.entries = entries;
    }

    /// The page with this id; a page of zeros for the zero id.
    MapPage page(ContentHash id) throws IOException {
        if (id.isZero()) {
            return ZEROS;
        }
        lock.lock();
        try {
            MapPage known = pages.get(id);
            if (known != null) {
                return known;
            }
        } finally {
            lock.unlock();
        }
        byte[] bytes = new byte[MapPage.BYTES];
        entries.read(id, MapPage.BYTES, bytes);
        var page = new MapPage(bytes);
        lock.lock();
        try {
            pages.put(id, page);
            return page;
        } finally {
            lock.unlock();
        }
    }

    /// Visits the data chunks among `[first, end)` in order, until the visitor has enough.
    ///
    /// @param root the map's root page
    void forEachChunk(ContentHash root, MapShape shape, long first, long end, ChunkVisitor visitor) throws IOException {
        if (first < end && !root.isZero()) {
            walk(root, shape.height() - 1, 0, first, end, visitor);
        }
    }

    /// Receives the index and id of a chunk that is not all zeros.
    interface ChunkVisitor {
        /// @return false to end the walk
        boolean accept(long chunk, ContentHash id) throws IOException;
    }

    private boolean walk(ContentHash id, int level, long start, long first, long end, ChunkVisitor visitor)
            throws IOException {
        MapPage page = page(id);
        long span = 1L << MapShape.LEVEL_BITS * level;
        int from = (int) Math.max(0, (first - start) / span);
        for (int entry = from; entry < MapPage.ENTRIES && start + entry * span < end; entry++) {
            ContentHash child = page.get(entry);
            long at = start + entry * span;
            if (!child.isZero()
                    && !(level == 0 ? visitor.accept(at, child) : walk(child, level - 1, at, first, end, visitor))) {
                return false;
            }
        }
        return true;
    }

    /// The id of one chunk; zero if it is all zeros.
    ContentHash chunk(ContentHash root, MapShape shape, long chunk) throws IOException {
        ContentHash id = root;
        for (int level = shape.height() - 1; level >= 0 && !id.isZero(); level--) {
            id = page(id).get((int) (chunk >>> MapShape.LEVEL_BITS * level) & MapPage.ENTRIES - 1);
        }
        return id;
    }
}
