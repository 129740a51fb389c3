package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryFaultTest {
    private static final int DISK_BYTES = 20 * TestDisk.CHUNK_BYTES;

    /// A backup on top of another one, and a prune: each storage call fails in turn. After each failure the
    /// repository is whole, and the same work succeeds.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyStorageCallMayFail(boolean persistent) throws IOException {
        boolean fired = true;
        for (int n = 1; fired; n++) {
            var storage = new MemoryStorage();
            Map<String, byte[]> committed = new HashMap<>();
            var disk = new TestDisk("vda", DISK_BYTES);
            var random = new SplittableRandom(3);
            disk.write(30, random);
            String base = backUp(storage, disk, Optional.empty(), committed);
            disk.write(10, random);
            var faulty = new FaultyStorage(storage, n, persistent);
            try {
                backUp(faulty, disk, Optional.of(base), committed);
                prune(faulty, committed, base);
            } catch (IOException _) {
                assertThat(faulty.fired()).isTrue();
            }
            fired = faulty.fired();
            goOn(storage, disk, base, committed, "call %d".formatted(n));
        }
    }

    private static String backUp(Storage storage, TestDisk disk, Optional<String> base, Map<String, byte[]> committed)
            throws IOException {
        boolean isNew = storage.size("config").isEmpty();
        try (Repository repository = isNew ? TestRepositories.create(storage) : TestRepositories.open(storage)) {
            String id = TestRepositories.backUp(repository, disk, base).id();
            committed.put(id, disk.bytes.clone());
            return id;
        }
    }

    private static void prune(Storage storage, Map<String, byte[]> committed, String base) throws IOException {
        committed.remove(base);
        try (Repository repository = TestRepositories.open(storage)) {
            repository.prune(RetentionPolicy.keepLast(1));
        }
    }

    private static void goOn(
            MemoryStorage storage, TestDisk disk, String base, Map<String, byte[]> committed, String what)
            throws IOException {
        storage.objects.keySet().removeIf(name -> name.startsWith("leases/")); // this process died, and its leases
        try (Repository repository = TestRepositories.open(storage)) {
            RepositoryCrashTest.assertRestores(repository, committed, what);
            assertThat(repository.check(CheckLevel.data()).isClean()).as(what).isTrue();
            disk.dirty.set(0, disk.chunks());
            boolean based = committed.containsKey(base);
            backUp(storage, disk, based ? Optional.of(base) : Optional.empty(), committed);
            repository.prune(RetentionPolicy.keepAll());
            RepositoryCrashTest.assertRestores(repository, committed, what);
            CheckReport report = repository.check(CheckLevel.data());
            assertThat(report.isClean()).as("%s: %s", what, report).isTrue();
            assertThat(report.garbage()).as(what).isEmpty();
        }
    }

    @Test
    void aFullDiskFailsTheBackupWithItsReasonAndLeavesTheOthers() throws IOException {
        var storage = new MemoryStorage();
        Map<String, byte[]> committed = new HashMap<>();
        var disk = new TestDisk("vda", DISK_BYTES);
        new SplittableRandom(1).nextBytes(disk.bytes);
        backUp(storage, disk, Optional.empty(), committed);
        new SplittableRandom(2).nextBytes(disk.bytes);
        var full = new FilterStorage(storage) {
            @Override
            void before(String operation, String name) throws IOException {
                if (operation.equals("put") && name.startsWith("packs/")) {
                    throw new FileSystemException(name, null, "No space left on device");
                }
            }
        };
        assertThatThrownBy(() -> backUp(full, disk, Optional.empty(), committed))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space left on device");
        try (Repository repository = TestRepositories.open(storage)) {
            RepositoryCrashTest.assertRestores(repository, committed, "full disk");
            assertThat(repository.check(CheckLevel.data()).isClean()).isTrue();
        }
    }

    @Test
    void aReadOnlyRepositoryRestoresAndChecks() throws IOException {
        var storage = new MemoryStorage();
        Map<String, byte[]> committed = new HashMap<>();
        var disk = new TestDisk("vda", DISK_BYTES);
        disk.write(30, new SplittableRandom(1));
        backUp(storage, disk, Optional.empty(), committed);
        storage.objects.keySet().removeIf(name -> name.startsWith("index/")); // must not be written either
        var readOnly = new FilterStorage(storage) {
            @Override
            void before(String operation, String name) {
                if (operation.equals("put") || operation.equals("delete")) {
                    throw new ReadOnlyFileSystemException();
                }
            }
        };
        try (Repository repository = TestRepositories.open(readOnly)) {
            RepositoryCrashTest.assertRestores(repository, committed, "read-only");
            assertThat(repository.check(CheckLevel.data()).isClean()).isTrue();
            assertThat(repository.tryPrune(RetentionPolicy.keepLast(1)).freedBytes())
                    .isZero();
            assertThatThrownBy(() -> TestRepositories.backUp(repository, disk, Optional.empty()))
                    .isInstanceOf(ReadOnlyFileSystemException.class);
        }
    }
}
