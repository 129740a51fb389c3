package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The index as it was at one moment: the packs that exist, the segments, and the entries of packs that no
/// segment covers. Immutable and thread-safe.
///
/// A segment may know packs that were deleted since, and miss packs that were just stored. Neither
/// matters: an entry counts only if its pack exists, and the directories of uncovered packs are read.
///
/// @param packs every existing pack with its size in bytes
record IndexView(
        Map<ContentHash, Long> packs,
        List<IndexSegment> segments,
        Map<ContentHash, List<IndexEntry>> loose,
        BlockCache cache) {

    static IndexView empty() {
        return new IndexView(Map.of(), List.of(), Map.of(), new BlockCache());
    }

    /// One copy of a chunk or page.
    ///
    /// @param segment number of the segment that knows it, or -1
    /// @param ordinal of its entry there
    record Copy(int segment, int ordinal, IndexEntry entry) {}

    /// All copies of `id` in existing packs, each once, in a fixed order.
    List<Copy> copies(ContentHash id) throws IOException {
        var found = new ArrayList<Copy>(2);
        for (int number = 0; number < segments.size(); number++) {
            int segment = number;
            segments.get(number).find(id, cache, (ordinal, entry) -> {
                if (packs.containsKey(entry.pack()) && found.stream().noneMatch(copy -> copy.entry.equals(entry))) {
                    found.add(new Copy(segment, ordinal, entry));
                }
            });
        }
        for (IndexEntry entry : loose.getOrDefault(id, List.of())) {
            if (found.stream().noneMatch(copy -> copy.entry.equals(entry))) {
                found.add(new Copy(-1, 0, entry));
            }
        }
        return found;
    }

    /// This view and what was stored since: packs and the segment that covers them.
    IndexView with(Map<ContentHash, Long> newPacks, List<IndexSegment> newSegments) {
        Map<ContentHash, Long> allPacks = new HashMap<>(packs);
        allPacks.putAll(newPacks);
        List<IndexSegment> allSegments = new ArrayList<>(segments);
        allSegments.addAll(newSegments);
        return new IndexView(allPacks, List.copyOf(allSegments), loose, cache);
    }

    static List<IndexSegment> open(Storage storage, List<StoredObject> objects, UUID repository) throws IOException {
        var segments = new ArrayList<IndexSegment>();
        for (StoredObject object : objects) {
            segments.add(IndexSegment.open(storage, object, repository));
        }
        return segments;
    }
}
