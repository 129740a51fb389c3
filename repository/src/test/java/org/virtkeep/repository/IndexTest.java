package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IndexTest {
    private static final UUID ID = UUID.randomUUID();

    private final MemoryStorage storage = new MemoryStorage();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Map<ContentHash, Integer> totals = new HashMap<>();

    /// Few different first bytes, so that ids with the same prefix are met too.
    private ContentHash id() {
        return new ContentHash(random.nextInt(50), random.nextInt(4), 0, random.nextLong());
    }

    /// Entries in one segment or several, of packs that are in storage by name only.
    private List<IndexEntry> write(int count, int perSegment) throws IOException {
        var entries = new ArrayList<IndexEntry>();
        ContentHash pack = id();
        for (int entry = 0; entry < count; entry++) {
            entries.add(new IndexEntry(id(), pack, 64 + 100 * entry, 40, EntryKind.CHUNK, 65_536));
        }
        storage.putIfAbsent(PackDirectory.name(pack), ByteBuffer.allocate(1));
        totals.put(pack, count);
        var writer = new SegmentWriter(storage, ID, perSegment, totals::get);
        for (IndexEntry entry : entries.stream().sorted(IndexEntry.ORDER).toList()) {
            writer.add(entry);
        }
        writer.finish();
        return entries;
    }

    private IndexView load() throws IOException {
        return new IndexLoader(storage, ID).load(IndexView.empty());
    }

    private static void assertFinds(IndexView view, List<IndexEntry> entries) throws IOException {
        for (IndexEntry entry : entries) {
            assertThat(view.copies(entry.id()))
                    .extracting(IndexView.Copy::entry)
                    .containsExactly(entry);
        }
    }

    @Test
    void findsEveryEntryAndNoOther() throws IOException {
        List<IndexEntry> entries = write(1_000, 300);
        IndexView view = load();
        assertThat(view.segments()).hasSize(4);
        assertFinds(view, entries);
        for (int absent = 0; absent < 1_000; absent++) {
            assertThat(view.copies(id())).isEmpty();
        }
        assertThat(view.copies(new ContentHash(-1, 0, 0, 0))).isEmpty();
        assertThat(view.copies(ContentHash.ZERO)).isEmpty();
    }

    @Test
    void mergedSegmentsFindTheSameAndBecomeFew() throws IOException {
        var entries = new ArrayList<IndexEntry>();
        for (int session = 0; session < 60; session++) {
            entries.addAll(write(1 + random.nextInt(100), 1_000));
            new IndexMerger(storage, ID).mergeSmall(load());
        }
        IndexView view = load();
        Set<Long> runs = new HashSet<>();
        view.segments().forEach(segment -> runs.add(segment.run()));
        assertThat(runs.size()).isLessThan(8);
        assertFinds(view, entries);
        new IndexMerger(storage, ID).mergeAll(view);
        assertThat(load().segments()).hasSize(1);
        assertFinds(load(), entries);
    }

    @Test
    void aLargeRunIsNotWrittenAnewForAFewSmallOnes() throws IOException {
        var entries = new ArrayList<>(write(3_000, 10_000));
        String large = load().segments().getFirst().name();
        for (int session = 0; session < 16; session++) {
            entries.addAll(write(50, 1_000));
            new IndexMerger(storage, ID).mergeSmall(load());
        }
        assertThat(load().segments())
                .extracting(IndexSegment::name)
                .contains(large)
                .hasSizeLessThan(8);
        assertFinds(load(), entries);
        for (int session = 0; session < 60; session++) {
            entries.addAll(write(50, 1_000));
            new IndexMerger(storage, ID).mergeSmall(load());
        }
        assertThat(load().segments())
                .extracting(IndexSegment::name)
                .doesNotContain(large)
                .hasSizeLessThan(8);
        assertFinds(load(), entries);
    }

    @Test
    void mergingDropsPacksThatAreGone() throws IOException {
        List<IndexEntry> gone = write(100, 1_000);
        List<IndexEntry> kept = write(100, 1_000);
        storage.objects.remove(PackDirectory.name(gone.getFirst().pack()));
        IndexView view = load();
        assertThat(view.copies(gone.getFirst().id())).isEmpty();
        new IndexMerger(storage, ID).mergeAll(view);
        assertThat(load().segments())
                .singleElement()
                .satisfies(segment -> assertThat(segment.packs())
                        .extracting(IndexSegment.CoveredPack::pack)
                        .containsExactly(kept.getFirst().pack()));
        assertFinds(load(), kept);
    }

    @Test
    void aPackOfWhichASegmentIsLostIsUncovered() throws IOException {
        List<IndexEntry> entries = write(1_000, 300);
        ContentHash pack = entries.getFirst().pack();
        List<IndexSegment> segments = load().segments();
        assertThat(IndexLoader.uncovered(Map.of(pack, 1L), segments)).isEmpty();
        assertThat(IndexLoader.uncovered(Map.of(pack, 1L), segments.subList(1, 4)))
                .containsExactly(pack);
    }
}
