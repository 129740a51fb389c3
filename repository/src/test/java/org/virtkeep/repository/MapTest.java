package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;

class MapTest {
    private static final long TEBIBYTE = 1L << 40;

    /// Touches 4,156 leaves, 34 MiB if all of them were in memory. `-Dmap.stride=97` touches all 16,384.
    private static final long STRIDE = Long.getLong("map.stride", 1009);

    @TempDir
    Path folder;

    @Test
    void heightFollowsTheSize() {
        int chunk = 256 << 10;
        assertThat(new MapShape(0, chunk).height()).isEqualTo(1);
        assertThat(new MapShape(256L * chunk, chunk).height()).isEqualTo(1);
        assertThat(new MapShape(256L * chunk + 1, chunk).height()).isEqualTo(2);
        assertThat(new MapShape(TEBIBYTE, chunk).height()).isEqualTo(3);
        assertThat(new MapShape(MapShape.MAX_SIZE_BYTES, 64 << 10).height()).isEqualTo(5);
    }

    /// Changes against a plain map from chunk to id, with leaves going to the spill file and coming back.
    @Test
    void changesAreWhatWasSaidLast() throws IOException {
        var random = new SplittableRandom(1);
        long chunks = 3_000L * MapPage.ENTRIES;
        Map<Long, ContentHash> model = new HashMap<>();
        try (var changes = new MapChanges(folder)) {
            for (int step = 0; step < 20_000; step++) {
                long chunk = random.nextLong(chunks);
                if (random.nextInt(50) == 0) {
                    long end = Math.min(chunks, chunk + random.nextLong(2_000));
                    changes.zero(chunk, end);
                    for (long zero = chunk; zero < end; zero++) {
                        model.put(zero, ContentHash.ZERO);
                    }
                } else {
                    var id = new ContentHash(random.nextLong(), 0, 0, chunk);
                    changes.set(chunk, id);
                    model.put(chunk, id);
                }
            }
            var old = new ContentHash(-1, -1, -1, -1);
            for (int leaf = 0; leaf < 3_000; leaf++) {
                MapPage page = MapPage.empty();
                for (int entry = 0; entry < MapPage.ENTRIES; entry++) {
                    page.set(entry, old);
                }
                changes.apply(leaf, page);
                for (int entry = 0; entry < MapPage.ENTRIES; entry++) {
                    long chunk = (long) leaf * MapPage.ENTRIES + entry;
                    assertThat(page.get(entry)).isEqualTo(model.getOrDefault(chunk, old));
                    assertThat(changes.isTouched(chunk)).isEqualTo(model.containsKey(chunk));
                }
            }
        }
        assertThat(folder).isEmptyDirectory();
    }

    /// Writes all over a disk of 1 TiB, far more map than the memory of changes and pages may take.
    @Test
    void aTebibyteNeedsNoMoreMemoryThanAGibibyte() throws IOException {
        var storage = new MemoryStorage();
        int chunkBytes = 256 << 10;
        long chunks = TEBIBYTE / chunkBytes;
        var settings = TestRepositories.settings();
        try (var repository = Repository.create(storage, RepositoryOptions.defaults(), settings)) {
            var plan = new BackupPlan("vm", List.of(new DiskSpec("vda", TEBIBYTE)), Optional.empty());
            byte[] content = new byte[chunkBytes];
            String first;
            long before = usedHeap();
            try (BackupWriter writer = repository.begin(plan)) {
                for (long chunk = 0; chunk < chunks; chunk += STRIDE) {
                    ByteBuffer.wrap(content).putLong(0, 1 + chunk % 5);
                    writer.disk("vda").put(chunk, ByteBuffer.wrap(content));
                }
                assertThat(usedHeap() - before).isLessThan(24L << 20);
                first = writer.commit(BackupMetadata.at(TestRepositories.START)).id();
            }
            DiskReader reader = repository.reader(first).disk("vda");
            ByteBuffer eight = ByteBuffer.allocate(8);
            reader.read(STRIDE * 1_234 * chunkBytes, eight);
            assertThat(eight.flip().getLong()).isEqualTo(1 + STRIDE * 1_234 % 5);
            assertThat(reader.nextData(chunkBytes, TEBIBYTE)).contains(new ByteRange(STRIDE * chunkBytes, chunkBytes));
            assertIncrementalIsSmall(repository, first, storage);
        }
    }

    private static void assertIncrementalIsSmall(Repository repository, String first, MemoryStorage storage)
            throws IOException {
        var plan = new BackupPlan("vm", List.of(new DiskSpec("vda", TEBIBYTE)), Optional.of(first));
        var changed = new byte[256 << 10];
        changed[0] = 9;
        try (BackupWriter writer = repository.begin(plan)) {
            writer.disk("vda").put(1_000_000, ByteBuffer.wrap(changed));
            assertThat(writer.commit(BackupMetadata.at(TestRepositories.START)).storedBytes())
                    .as("one chunk and three pages")
                    .isLessThan(3 * MapPage.BYTES);
        }
        assertThat(storage.objects).isNotEmpty();
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
