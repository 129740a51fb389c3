package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The power goes at every file system operation of some backups and prunes. After each: what was committed
/// restores, nothing claims to exist that does not, and the work goes on.
class RepositoryCrashTest {
    private static final int DISK_BYTES = 24 * TestDisk.CHUNK_BYTES + 100;

    @Test
    void everyCommittedBackupSurvivesAPowerCutAtEveryOperation() throws IOException {
        boolean cut = true;
        for (int at = 1; cut; at++) {
            cut = crashAt(at, at);
        }
    }

    /// @return whether the power was cut before the work was done
    private static boolean crashAt(int at, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var files = new VolatileFiles();
        var storage = new LocalStorage(files, "volatile");
        Repository repository = TestRepositories.create(storage);
        Map<String, byte[]> committed = new HashMap<>();
        var disk = new TestDisk("vda", DISK_BYTES);
        files.cutAt(at);
        try {
            work(repository, disk, committed, new SplittableRandom(7));
        } catch (IOException e) {
            assertThat(files.isCut()).as("unexpected failure %s", e).isTrue();
        }
        repository.close();
        boolean cut = files.isCut();
        goOn(new LocalStorage(files.afterPowerCut(random), "volatile"), disk, committed, "cut at %d".formatted(at));
        return cut;
    }

    /// Three backups, a prune to two, one more. `committed` holds what must restore at every moment.
    private static void work(
            Repository repository, TestDisk disk, Map<String, byte[]> committed, SplittableRandom random)
            throws IOException {
        disk.write(40, random);
        String first = backUp(repository, disk, Optional.empty(), committed);
        disk.write(8, random);
        String second = backUp(repository, disk, Optional.of(first), committed);
        disk.write(20, random);
        String third = backUp(repository, disk, Optional.of(second), committed);
        committed.remove(first);
        repository.prune(RetentionPolicy.keepLast(2));
        disk.write(8, random);
        backUp(repository, disk, Optional.of(third), committed);
    }

    private static String backUp(
            Repository repository, TestDisk disk, Optional<String> base, Map<String, byte[]> committed)
            throws IOException {
        String id = TestRepositories.backUp(repository, disk, base).id();
        committed.put(id, disk.bytes.clone());
        return id;
    }

    private static void goOn(Storage storage, TestDisk disk, Map<String, byte[]> committed, String what)
            throws IOException {
        // The next process starts when the clock is well past the leases of the one that died.
        RepositorySettings later =
                TestRepositories.settings().withClock(InstantSource.fixed(TestRepositories.START.plusSeconds(86_400)));
        try (var repository = Repository.open(storage, Credentials.none(), later)) {
            assertRestores(repository, committed, what);
            CheckReport report = repository.check(CheckLevel.data());
            assertThat(report.isClean()).as("%s: %s", what, report).isTrue();
            for (BackupInfo backup : repository.list().backups()) {
                TestDisk.read(repository.reader(backup.id()), "vda");
            }
            Optional<String> base = repository.list().latest("vm").map(BackupInfo::id);
            disk.dirty.set(0, disk.chunks());
            backUp(repository, disk, base, committed);
            repository.prune(RetentionPolicy.keepAll());
            assertRestores(repository, committed, what);
            CheckReport pruned = repository.check(CheckLevel.data());
            assertThat(pruned.isClean()).as("%s: %s", what, pruned).isTrue();
            assertThat(pruned.garbage()).as(what).isEmpty();
            assertThat(IndexLoader.objects(storage, "condemned/")).as(what).isEmpty();
            assertThat(IndexLoader.objects(storage, "leases/")).as(what).allMatch(LeaseRecord::isBroken);
        }
    }

    static void assertRestores(Repository repository, Map<String, byte[]> committed, String what) throws IOException {
        for (var backup : committed.entrySet()) {
            byte[] restored = TestDisk.read(repository.reader(backup.getKey()), "vda");
            assertThat(Arrays.equals(restored, backup.getValue()))
                    .as("%s: backup %s", what, backup.getKey())
                    .isTrue();
        }
        assertThat(repository.list().unreadable()).as(what).isEqualTo(List.of());
    }
}
