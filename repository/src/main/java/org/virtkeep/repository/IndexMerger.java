package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/// Merges index segments into fewer and larger ones. The new ones are durable before the old ones are
/// deleted, so that a crash leaves entries twice and never loses one. Several processes may merge at once.
final class IndexMerger {

    /// 6 MiB and 128 Ki entries, 32 GiB of chunks of 256 KiB.
    static final int SEGMENT_ENTRIES = 1 << 17;

    /// Runs are of similar size unless one is larger than this many times the sum of those below it.
    private static final int GROWTH = 3;

    /// Fewer runs of similar size than this are left alone.
    private static final int MIN_RUNS = 4;

    private final Storage storage;
    private final UUID repository;

    IndexMerger(Storage storage, UUID repository) {
        this.storage = storage;
        this.repository = repository;
    }

    /// Merges the smallest runs of similar size if there are many of them, so that the number of runs, and with it
    /// the cost of finding a chunk, grows with the logarithm of what is stored; and so that a backup of a few
    /// changes does not write the index of all that was ever stored.
    ///
    /// @return whether segments were replaced
    boolean mergeSmall(IndexView view) throws IOException {
        List<IndexSegment> chosen = new ArrayList<>();
        long sum = 0;
        int count = 0;
        for (List<IndexSegment> run : runsBySize(view)) {
            if (size(run) > GROWTH * sum) {
                if (count >= MIN_RUNS) {
                    break;
                }
                chosen.clear(); // the few that are far smaller wait for more of their size
                sum = 0;
                count = 0;
            }
            chosen.addAll(run);
            sum += size(run);
            count++;
        }
        if (count < MIN_RUNS) {
            return false;
        }
        replace(chosen, view);
        return true;
    }

    private static List<List<IndexSegment>> runsBySize(IndexView view) {
        return view.segments().stream()
                .collect(Collectors.groupingBy(IndexSegment::run, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .sorted(Comparator.comparingLong(IndexMerger::size))
                .toList();
    }

    private static long size(List<IndexSegment> run) {
        return run.stream().mapToLong(IndexSegment::entryCount).sum();
    }

    /// Merges everything and drops entries whose packs are gone.
    void mergeAll(IndexView view) throws IOException {
        replace(view.segments(), view);
    }

    private void replace(List<IndexSegment> old, IndexView view) throws IOException {
        Map<ContentHash, Integer> totals = new HashMap<>();
        old.forEach(segment -> segment.packs().forEach(pack -> totals.put(pack.pack(), pack.total())));
        var writer = new SegmentWriter(storage, repository, SEGMENT_ENTRIES, totals::get);
        merge(old, view.packs().keySet(), writer);
        Set<String> kept = new HashSet<>();
        writer.finish().forEach(segment -> kept.add(segment.name()));
        storage.delete(old.stream()
                .map(IndexSegment::name)
                .filter(name -> !kept.contains(name))
                .toList());
    }

    private static void merge(List<IndexSegment> segments, Set<ContentHash> packs, SegmentWriter writer)
            throws IOException {
        var cursors = new PriorityQueue<Cursor>(Comparator.comparing(Cursor::head, IndexEntry.ORDER));
        for (IndexSegment segment : segments) {
            var cursor = new Cursor(segment);
            if (cursor.hasMore()) {
                cursors.add(cursor);
            }
        }
        while (!cursors.isEmpty()) {
            Cursor cursor = cursors.poll();
            IndexEntry entry = cursor.next();
            if (packs.contains(entry.pack())) {
                writer.add(entry);
            }
            if (cursor.hasMore()) {
                cursors.add(cursor);
            }
        }
    }

    /// Walks the entries of one segment, a block in memory.
    private static final class Cursor {
        private final IndexSegment segment;
        private final Deque<IndexEntry> block = new ArrayDeque<>();
        private int next;

        Cursor(IndexSegment segment) throws IOException {
            this.segment = segment;
            fill();
        }

        private void fill() throws IOException {
            while (block.isEmpty() && next < segment.blockCount()) {
                block.addAll(segment.entriesOf(next++));
            }
        }

        boolean hasMore() {
            return !block.isEmpty();
        }

        IndexEntry head() {
            return block.getFirst();
        }

        IndexEntry next() throws IOException {
            IndexEntry entry = block.removeFirst();
            fill();
            return entry;
        }
    }
}
