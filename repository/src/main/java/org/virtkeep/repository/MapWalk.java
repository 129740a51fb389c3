package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Walks over the data chunks of a map in order, run by run, a leaf at a time. Confined to one thread.
final class MapWalk {
    private final PageReader pages;
    private final ContentHash root;
    private final MapShape shape;
    private final long end;
    private long next;

    MapWalk(PageReader pages, ContentHash root, MapShape shape, long first, long end) {
        this.pages = pages;
        this.root = root;
        this.shape = shape;
        this.next = first;
        this.end = end;
    }

    /// Chunks that follow one another, none of them zero. Without ids: the end.
    record Run(long first, List<ContentHash> ids) {}

    /// The next run, of at most `max` chunks.
    Run next(int max) throws IOException {
        var ids = new ArrayList<ContentHash>(max);
        long[] first = {next};
        pages.forEachChunk(root, shape, next, end, (chunk, id) -> {
            if (ids.isEmpty()) {
                first[0] = chunk;
            } else if (chunk != first[0] + ids.size()) {
                return false;
            }
            ids.add(id);
            return ids.size() < max;
        });
        next = ids.isEmpty() ? end : first[0] + ids.size();
        return new Run(first[0], ids);
    }
}
