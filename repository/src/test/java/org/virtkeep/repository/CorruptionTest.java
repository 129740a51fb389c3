package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorruptionTest {
    private static final int DISK_BYTES = 3 * TestDisk.CHUNK_BYTES;

    private final MemoryStorage storage = new MemoryStorage();
    private final Map<String, byte[]> committed = new HashMap<>();

    /// Three chunks, compressible but for one of them, so that the packs are small.
    private TestDisk smallDisk() {
        var disk = new TestDisk("vda", DISK_BYTES);
        for (int at = 0; at < disk.bytes.length; at++) {
            disk.bytes[at] = (byte) (at / 777);
        }
        new SplittableRandom(1).nextBytes(disk.bytes = Arrays.copyOf(disk.bytes, DISK_BYTES));
        Arrays.fill(disk.bytes, 2_000, DISK_BYTES, (byte) 5);
        disk.bytes[DISK_BYTES - 1] = 1;
        return disk;
    }

    private Repository open(boolean encrypted) throws IOException {
        Credentials key = encrypted ? TestRepositories.PASSPHRASE : Credentials.none();
        return Repository.open(storage, key, TestRepositories.settings());
    }

    private void createWithTwoBackups(boolean encrypted) throws IOException {
        RepositoryOptions options = encrypted ? TestRepositories.encrypted() : TestRepositories.options();
        try (var repository = Repository.create(storage, options, TestRepositories.settings())) {
            TestDisk disk = smallDisk();
            String first =
                    TestRepositories.backUp(repository, disk, Optional.empty()).id();
            committed.put(first, disk.bytes.clone());
            disk.bytes[70_000] = 99;
            disk.dirty.set(1);
            committed.put(
                    TestRepositories.backUp(repository, disk, Optional.of(first))
                            .id(),
                    disk.bytes.clone());
        }
    }

    /// One bit of every third (encrypted: eleventh) byte in turn, another third in every run: no read
    /// yields wrong bytes, and a check tells.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFlippedBitAnywhereIsDetected(boolean encrypted) throws IOException {
        createWithTwoBackups(encrypted);
        var random = new SplittableRandom(5);
        int flips = 0;
        for (String name : List.copyOf(storage.objects.keySet())) {
            byte[] good = storage.objects.get(name);
            int step = encrypted ? 11 : 3;
            for (int at = (int) (System.nanoTime() % step); at < good.length; at += step) {
                byte[] bad = good.clone();
                bad[at] ^= (byte) (1 << random.nextInt(8));
                storage.objects.put(name, bad);
                assertDetected(encrypted && !name.startsWith("keys/"), encrypted, "%s at %d".formatted(name, at));
                flips++;
            }
            storage.objects.put(name, good);
        }
        assertThat(flips).isGreaterThan(500);
        try (Repository repository = open(encrypted)) {
            RepositoryCrashTest.assertRestores(repository, committed, "healed");
            assertThat(repository.check(CheckLevel.data()).isClean()).isTrue();
        }
    }

    private void assertDetected(boolean opens, boolean encrypted, String what) throws IOException {
        try (Repository repository = open(encrypted)) {
            for (var backup : committed.entrySet()) {
                try {
                    byte[] restored = TestDisk.read(repository.reader(backup.getKey()), "vda");
                    assertThat(Arrays.equals(restored, backup.getValue()))
                            .as(what)
                            .isTrue();
                } catch (RepositoryException _) {
                    continue; // refused, which is right
                }
            }
            assertThat(isClean(repository)).as(what).isFalse();
        } catch (RepositoryException _) {
            assertThat(opens && what.startsWith("packs")).as(what).isFalse();
        } finally {
            storage.objects.keySet().removeIf(name -> name.startsWith("damage/"));
        }
    }

    private static boolean isClean(Repository repository) throws IOException {
        try {
            return repository.check(CheckLevel.data()).isClean();
        } catch (RepositoryException _) {
            return false;
        }
    }

    @Test
    void aDamagedChunkIsHealedByTheNextBackup() throws IOException {
        var disk = new TestDisk("vda", 10 * TestDisk.CHUNK_BYTES);
        new SplittableRandom(1).nextBytes(disk.bytes);
        try (Repository repository = TestRepositories.create(storage)) {
            String first =
                    TestRepositories.backUp(repository, disk, Optional.empty()).id();
            String pack = storage.objects.keySet().stream()
                    .filter(name -> name.startsWith("packs/"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = storage.objects.get(pack).clone();
            bytes[5 * TestDisk.CHUNK_BYTES] ^= 1;
            storage.objects.put(pack, bytes);
            CheckReport report = repository.check(CheckLevel.data());
            assertThat(report.problems()).hasSize(1);
            assertThat(report.affected()).containsExactly(first);
            assertThat(repository.damage(first).get("vda")).hasSize(1);
            try (BackupWriter writer =
                    repository.begin(new BackupPlan("vm", List.of(disk.spec()), Optional.of(first)))) {
                var ranges = writer.damaged("vda");
                assertThat(ranges).hasSize(1);
                int from = (int) ranges.getFirst().offset();
                writer.disk("vda")
                        .put(from / TestDisk.CHUNK_BYTES, ByteBuffer.wrap(disk.bytes, from, TestDisk.CHUNK_BYTES));
                assertThat(writer.damaged("vda")).isEmpty();
                String second =
                        writer.commit(BackupMetadata.at(TestRepositories.START)).id();
                disk.assertRestores(repository, second);
            }
            disk.assertRestores(repository, first);
            assertThat(repository.damage(first)).isEmpty();
            assertThat(repository.check(CheckLevel.data()).affected()).isEmpty();
            assertThat(repository.check(CheckLevel.data()).problems()).hasSize(1); // nobody needs it any more
            assertThat(repository.tryPrune(RetentionPolicy.keepAll()).rewrittenBytes())
                    .isPositive();
            repository.prune(RetentionPolicy.keepAll());
            disk.assertRestores(repository, first);
            CheckReport after = repository.check(CheckLevel.data());
            assertThat(after.isClean()).as("%s", after).isTrue();
            assertThat(after.garbage()).isEmpty();
            assertThat(storage.objects.keySet()).noneMatch(name -> name.startsWith("damage/"));
        }
    }

    @Test
    void whatNobodyCanHealIsNotRewrittenAgainAndAgain() throws IOException {
        var disk = new TestDisk("vda", 10 * TestDisk.CHUNK_BYTES);
        new SplittableRandom(1).nextBytes(disk.bytes);
        try (Repository repository = TestRepositories.create(storage)) {
            TestRepositories.backUp(repository, disk, Optional.empty());
            String pack = storage.objects.keySet().stream()
                    .filter(name -> name.startsWith("packs/"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = storage.objects.get(pack).clone();
            bytes[5 * TestDisk.CHUNK_BYTES] ^= 1;
            storage.objects.put(pack, bytes);
            assertThat(repository.check(CheckLevel.data()).isClean()).isFalse();
            List<String> before = storage.objects.keySet().stream().sorted().toList();
            assertThat(repository.prune(RetentionPolicy.keepAll()).rewrittenBytes())
                    .isZero();
            assertThat(storage.objects.keySet().stream().sorted()).containsExactlyElementsOf(before);
        }
    }

    @Test
    void aMissingPackIsToldAndTheOtherBackupsRestore() throws IOException {
        var disk = new TestDisk("vda", 10 * TestDisk.CHUNK_BYTES);
        try (Repository repository = TestRepositories.create(storage)) {
            new SplittableRandom(1).nextBytes(disk.bytes);
            String first =
                    TestRepositories.backUp(repository, disk, Optional.empty()).id();
            List<String> packs = List.copyOf(storage.objects.keySet());
            new SplittableRandom(2).nextBytes(disk.bytes);
            String second =
                    TestRepositories.backUp(repository, disk, Optional.empty()).id();
            packs.stream().filter(name -> name.startsWith("packs/")).forEach(storage.objects::remove);
            assertThatThrownBy(() -> TestDisk.read(repository.reader(first), "vda"))
                    .isInstanceOf(RepositoryException.Missing.class);
            disk.assertRestores(repository, second);
            assertThat(repository.check(CheckLevel.structure()).affected()).containsExactly(first);
            assertThatThrownBy(() -> repository.prune(RetentionPolicy.keepAll()))
                    .isInstanceOf(RepositoryException.Corrupt.class)
                    .hasMessageContaining("forget");
            repository.forget(List.of(first));
            repository.prune(RetentionPolicy.keepAll());
            disk.assertRestores(repository, second);
            assertThat(repository.check(CheckLevel.data()).isClean()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theIndexIsRebuiltFromThePacks(boolean encrypted) throws IOException {
        createWithTwoBackups(encrypted);
        storage.objects.replaceAll((name, bytes) -> name.startsWith("index/") ? new byte[17] : bytes);
        try (Repository repository = open(encrypted)) {
            assertThatThrownBy(() -> RepositoryCrashTest.assertRestores(repository, committed, "index"))
                    .hasMessageContaining("rebuild-index");
            assertThat(repository.rebuildIndex()).isEqualTo(2);
            RepositoryCrashTest.assertRestores(repository, committed, "rebuilt");
            assertThat(repository.check(CheckLevel.data()).isClean()).isTrue();
        }
        storage.objects.keySet().removeIf(name -> name.startsWith("index/"));
        try (Repository repository = open(encrypted)) {
            RepositoryCrashTest.assertRestores(repository, committed, "without any index");
        }
    }

    @Test
    void aNewerRepositoryIsRefused() throws IOException {
        createWithTwoBackups(false);
        byte[] config = storage.objects.get("config");
        ByteBuffer newer = ByteBuffer.wrap(config.clone());
        newer.putShort(8, (short) 2);
        Digests.sha256(newer.slice(0, config.length - 32)).write(newer.position(config.length - 32));
        storage.objects.put("config", newer.array());
        assertThatThrownBy(() -> open(false))
                .isInstanceOf(RepositoryException.UnsupportedVersion.class)
                .hasMessageContaining("newer");
    }

    @Test
    void anObjectOfAnotherRepositoryIsRefused() throws IOException {
        createWithTwoBackups(false);
        MemoryStorage other = new MemoryStorage();
        try (Repository repository = TestRepositories.create(other)) {
            TestRepositories.backUp(repository, smallDisk(), Optional.empty());
        }
        other.objects.forEach((name, bytes) -> {
            if (name.startsWith("manifests/")) {
                storage.objects.put(name, bytes);
            }
        });
        try (Repository repository = open(false)) {
            assertThat(repository.list().unreadable()).hasSize(1);
            assertThat(repository.check(CheckLevel.structure()).problems())
                    .singleElement()
                    .asString()
                    .contains("another repository");
        }
    }
}
