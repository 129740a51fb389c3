package org.virtkeep.repository;

import java.io.IOException;
import java.util.BitSet;

/// Makes the map of a new backup from the map of its base and what changed: writes the changed leaves and
/// the pages above them, and shares all others. The result depends on the disk's content alone, not on how
/// it came about, so that the root stands for the content. Confined to one thread.
final class MapWriter {
    private final PageReader pages;
    private final ChunkStore store;
    private final MapShape shape;
    private final MapChanges changes;

    /// Leaves to write: those with changes, and the last one if the disk shrank.
    private final BitSet dirty;

    MapWriter(PageReader pages, ChunkStore store, MapShape shape, MapChanges changes) {
        this.pages = pages;
        this.store = store;
        this.shape = shape;
        this.changes = changes;
        this.dirty = changes.touchedLeaves();
    }

    /// Stores the pages.
    ///
    /// @param base root and shape of the map that unchanged chunks come from; the zero id if there is none
    /// @return the new root
    ContentHash write(ContentHash base, MapShape baseShape) throws IOException {
        if (shape.chunkCount() == 0) {
            return ContentHash.ZERO;
        }
        if (shape.chunkCount() < baseShape.chunkCount()) {
            dirty.set(shape.leafCount() - 1);
        }
        ContentHash root = fit(base, baseShape.height());
        return build(root, shape.height() - 1, 0);
    }

    /// The base's tree with as many levels as the new one.
    private ContentHash fit(ContentHash base, int baseHeight) throws IOException {
        ContentHash root = base;
        for (int height = baseHeight; height > shape.height(); height--) {
            root = pages.page(root).get(0);
        }
        for (int height = baseHeight; height < shape.height() && !root.isZero(); height++) {
            MapPage above = MapPage.empty();
            above.set(0, root);
            root = store.putPage(above);
        }
        return root;
    }

    /// The id of the page with this number on its level, after the changes.
    private ContentHash build(ContentHash base, int level, long number) throws IOException {
        if (!isDirty(level, number)) {
            return base;
        }
        MapPage page = pages.page(base).copy();
        if (level == 0) {
            changes.apply((int) number, page);
        } else {
            buildChildren(page, level, number);
        }
        long span = 1L << MapShape.LEVEL_BITS * level;
        long end = shape.chunkCount() - number * MapPage.ENTRIES * span;
        page.clearFrom((int) Math.min(MapPage.ENTRIES, Math.ceilDiv(end, span)));
        return page.isZero() ? ContentHash.ZERO : store.putPage(page);
    }

    private void buildChildren(MapPage page, int level, long number) throws IOException {
        for (int entry = 0; entry < MapPage.ENTRIES; entry++) {
            long child = number * MapPage.ENTRIES + entry;
            if (isDirty(level - 1, child)) {
                page.set(entry, build(page.get(entry), level - 1, child));
            }
        }
    }

    private boolean isDirty(int level, long number) {
        int shift = MapShape.LEVEL_BITS * level;
        long first = number << shift;
        if (first > Integer.MAX_VALUE) {
            return false;
        }
        int next = dirty.nextSetBit((int) first);
        return next >= 0 && next < first + (1L << shift);
    }
}
