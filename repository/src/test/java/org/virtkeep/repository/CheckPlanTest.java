package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckPlanTest {
    private final MemoryStorage storage = new MemoryStorage();
    private final SplittableRandom random = new SplittableRandom(11);
    private Repository repository;

    @BeforeEach
    void create() throws IOException {
        repository = TestRepositories.create(storage);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private String backUp() throws IOException {
        var disk = new TestDisk("vda", 40 * TestDisk.CHUNK_BYTES);
        random.nextBytes(disk.bytes);
        return TestRepositories.backUp(repository, disk, Optional.empty()).id();
    }

    private Set<String> packs() {
        return storage.objects.keySet().stream()
                .filter(name -> name.startsWith("packs/"))
                .collect(Collectors.toSet());
    }

    private void damage(String pack) {
        byte[] bytes = storage.objects.get(pack).clone();
        bytes[1000] ^= 1;
        storage.objects.put(pack, bytes);
    }

    @Test
    void aCheckOfOneBackupReadsWhatThatNeeds() throws IOException {
        String first = backUp();
        Set<String> packsOfFirst = packs();
        String second = backUp();
        packsOfFirst.forEach(this::damage);
        var whole = new CheckPlan(CheckLevel.data(), Set.of(second));
        CheckReport report = repository.check(whole, new Task());
        assertThat(report.isClean()).isTrue();
        assertThat(report.packsRead()).isEqualTo(packs().size() - packsOfFirst.size());
        report = repository.check(new CheckPlan(CheckLevel.data(), Set.of(first)), new Task());
        assertThat(report.packsRead()).isEqualTo(packsOfFirst.size());
        assertThat(report.affected()).containsExactly(first);
        assertThat(repository.damage(first)).containsKey("vda");
        assertThat(repository.check(whole, new Task()).isClean()).isTrue();
    }

    @Test
    void aCheckOfOneBackupTellsAMissingPack() throws IOException {
        String first = backUp();
        Set<String> packsOfFirst = packs();
        String second = backUp();
        storage.objects.keySet().removeAll(packsOfFirst);
        assertThat(repository
                        .check(new CheckPlan(CheckLevel.structure(), Set.of(first)), new Task())
                        .affected())
                .containsExactly(first);
        assertThat(repository
                        .check(new CheckPlan(CheckLevel.structure(), Set.of(second)), new Task())
                        .isClean())
                .isTrue();
    }

    @Test
    void refusesToCheckABackupThatIsNotThere() throws IOException {
        String first = backUp();
        repository.forget(List.of(first));
        for (String id : List.of(first, "20260101T000000Z-0000000000000000")) {
            assertThatThrownBy(() -> repository.check(new CheckPlan(CheckLevel.data(), Set.of(id)), new Task()))
                    .isInstanceOf(RepositoryException.Missing.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 30, 50, 99, 100})
    void slicesInARowTogetherAreAllPacks(int percent) {
        Set<ContentHash> packs = new HashSet<>();
        for (int pack = 0; pack < 5000; pack++) {
            packs.add(ContentHash.of(Digests.random(32)));
        }
        long first = random.nextLong(-1000, 30_000);
        Set<ContentHash> read = new HashSet<>();
        for (long slice = first; slice < first + Math.ceilDiv(100, percent); slice++) {
            CheckLevel level = CheckLevel.sample(percent, slice);
            List<ContentHash> inSlice = packs.stream().filter(level::reads).toList();
            assertThat(inSlice.size()).as("slice %d", slice).isBetween(percent * 25, percent * 75 + 50);
            read.addAll(inSlice);
        }
        assertThat(read).isEqualTo(packs);
    }

    @Test
    void tellsHowFarItIsAndEndsWhenCancelled() throws IOException {
        backUp();
        var task = new Task();
        repository.check(CheckPlan.all(CheckLevel.data()), task);
        assertThat(task.progress()).isEqualTo(new Task.Progress("reading maps", 1, 1, false));
        task.cancel();
        assertThatThrownBy(() -> repository.check(CheckPlan.all(CheckLevel.data()), task))
                .isInstanceOf(RepositoryException.Cancelled.class)
                .hasMessageContaining("nothing is lost");
        Map<String, byte[]> before = Map.copyOf(storage.objects);
        assertThatThrownBy(() -> repository.prune(PrunePlan.all(RetentionPolicy.keepAll()), task))
                .isInstanceOf(RepositoryException.Cancelled.class);
        assertThat(storage.objects).isEqualTo(before); // its lease was given back, too
    }

    /// Cancelled before its n-th storage call, for every n.
    @Test
    void aCancelledPruneLosesNothing() throws IOException {
        var disk = new TestDisk("vda", 20 * TestDisk.CHUNK_BYTES);
        for (int n = 1; ; n++) {
            storage.objects.clear();
            repository.close();
            repository = TestRepositories.create(storage);
            random.nextBytes(disk.bytes);
            TestRepositories.backUp(repository, disk, Optional.empty());
            disk.write(18, random);
            String kept =
                    TestRepositories.backUp(repository, disk, Optional.empty()).id();
            var task = new Task();
            if (pruneCancelledAt(n, task)) {
                assertThat(n).isGreaterThan(10);
                return;
            }
            disk.assertRestores(repository, kept);
            repository.prune(RetentionPolicy.keepLast(1));
            disk.assertRestores(repository, kept);
            CheckReport report = repository.check(CheckLevel.data());
            assertThat(report.isClean()).as("call %d", n).isTrue();
            assertThat(report.garbage()).as("call %d", n).isEmpty();
            assertThat(repository.sessions()).isEmpty();
        }
    }

    /// @return whether the prune came to its end
    private boolean pruneCancelledAt(int n, Task task) throws IOException {
        int[] calls = {0};
        var watched = new FilterStorage(storage) {
            @Override
            void before(String operation, String name) {
                if (++calls[0] == n) {
                    task.cancel();
                }
            }
        };
        try (Repository other = TestRepositories.open(watched)) {
            other.prune(PrunePlan.all(RetentionPolicy.keepLast(1)), task);
            return calls[0] < n;
        } catch (RepositoryException.Cancelled _) {
            return false;
        }
    }
}
