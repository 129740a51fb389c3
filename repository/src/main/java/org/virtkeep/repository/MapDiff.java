package org.virtkeep.repository;

import java.io.IOException;

/// Counts the chunks in which two maps differ. Pages that both have in common are not read, so the cost
/// grows with the difference and not with the disks. Confined to one thread.
final class MapDiff {
    private final PageReader pages;
    private long chunks;

    private MapDiff(PageReader pages) {
        this.pages = pages;
    }

    /// How many chunks differ. Where one disk ends before the other, it counts as zeros.
    static long count(PageReader pages, DiskInfo first, MapShape firstShape, DiskInfo second, MapShape secondShape)
            throws IOException {
        var diff = new MapDiff(pages);
        ContentHash taller = first.root();
        ContentHash lower = second.root();
        int height = firstShape.height();
        int other = secondShape.height();
        if (height < other) {
            taller = second.root();
            lower = first.root();
            height = secondShape.height();
            other = firstShape.height();
        }
        for (int level = height - 1; level >= other; level--) {
            taller = diff.descend(taller, level);
        }
        diff.compare(taller, lower, other - 1);
        return diff.chunks;
    }

    /// Counts all but the first part of a page, which is as large as the whole lower map, and returns
    /// that part.
    private ContentHash descend(ContentHash id, int level) throws IOException {
        MapPage page = pages.page(id);
        for (int entry = 1; entry < MapPage.ENTRIES; entry++) {
            compareEntry(page.get(entry), ContentHash.ZERO, level);
        }
        return page.get(0);
    }

    private void compare(ContentHash first, ContentHash second, int level) throws IOException {
        if (first.equals(second)) {
            return;
        }
        MapPage one = pages.page(first);
        MapPage two = pages.page(second);
        for (int entry = 0; entry < MapPage.ENTRIES; entry++) {
            compareEntry(one.get(entry), two.get(entry), level);
        }
    }

    private void compareEntry(ContentHash first, ContentHash second, int level) throws IOException {
        if (level > 0) {
            compare(first, second, level - 1);
        } else if (!first.equals(second)) {
            chunks++;
        }
    }
}
