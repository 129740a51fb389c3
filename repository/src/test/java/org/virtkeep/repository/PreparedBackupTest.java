package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreparedBackupTest {
    private static final String LEASES = "leases/";

    private final MemoryStorage storage = new MemoryStorage();
    private final TestDisk disk = new TestDisk("vda", 100 * TestDisk.CHUNK_BYTES);
    private final SplittableRandom random = new SplittableRandom(11);
    private Repository repository;
    private BackupInfo first;

    @BeforeEach
    void createsABackup() throws IOException {
        repository = TestRepositories.create(storage);
        random.nextBytes(disk.bytes);
        first = TestRepositories.backUp(repository, disk, Optional.empty());
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private BackupPlan plan(String base) {
        return new BackupPlan("vm", List.of(disk.spec()), Map.of(disk.name, base));
    }

    private List<String> leases() {
        return storage.objects.keySet().stream()
                .filter(name -> name.startsWith(LEASES))
                .toList();
    }

    private byte[] change() {
        disk.write(5, random);
        return disk.bytes.clone();
    }

    private BackupWriter beginPrepared() throws IOException {
        try (PreparedBackup prepared = repository.prepare()) {
            assertThat(leases()).hasSize(1);
            BackupWriter writer = prepared.begin(plan(first.id()));
            assertThatThrownBy(() -> prepared.begin(plan(first.id()))).isInstanceOf(IllegalStateException.class);
            return writer;
        }
    }

    @Test
    void holdsALeaseUntilItsBackupHasEnded() throws IOException {
        byte[] content = change();
        try (BackupWriter writer = beginPrepared()) {
            assertThat(leases()).hasSize(1);
            disk.backUp(writer.disk(disk.name), false);
            BackupInfo second = writer.commit(BackupMetadata.at(TestRepositories.START));
            assertThat(TestDisk.read(repository.reader(second.id()), disk.name)).isEqualTo(content);
            assertThat(second.sequence()).isEqualTo(first.sequence() + 1);
        }
        assertThat(leases()).isEmpty();
        assertThat(repository.check(CheckLevel.data()).problems()).isEmpty();
    }

    @Test
    void leavesNothingBehindIfNoBackupIsBegun() throws IOException {
        var before = List.copyOf(storage.objects.keySet());
        try (PreparedBackup prepared = repository.prepare()) {
            assertThatThrownBy(() -> prepared.begin(plan("20260101T000000Z-0000000000000000")))
                    .isInstanceOf(RepositoryException.Missing.class);
            assertThat(leases()).hasSize(1);
        }
        assertThat(storage.objects.keySet()).containsExactlyElementsOf(before);
    }

    @Test
    void whatItCountsOnOutlivesAPruneBetweenItsTwoSteps() throws IOException {
        byte[] old = disk.bytes.clone();
        random.nextBytes(disk.bytes);
        BackupInfo second = TestRepositories.backUp(repository, disk, Optional.empty());
        try (PreparedBackup prepared = repository.prepare()) {
            assertThat(repository.prune(RetentionPolicy.keepLast(1)).forgotten())
                    .containsExactly(first.id());
            repository.prune(RetentionPolicy.keepLast(1));
            assertThatThrownBy(() -> prepared.begin(plan(first.id()))).isInstanceOf(RepositoryException.Missing.class);
            try (BackupWriter writer = prepared.begin(plan(second.id()))) {
                disk.bytes = old.clone(); // known to the session
                disk.dirty.set(0, disk.chunks());
                disk.backUp(writer.disk(disk.name), false);
                String third =
                        writer.commit(BackupMetadata.at(TestRepositories.START)).id();
                assertThat(TestDisk.read(repository.reader(third), disk.name)).isEqualTo(old);
            }
        }
        repository.prune(RetentionPolicy.keepLast(1));
        repository.prune(RetentionPolicy.keepLast(1));
        BackupInfo kept = repository.list().latest("vm").orElseThrow();
        assertThat(TestDisk.read(repository.reader(kept.id()), disk.name)).isEqualTo(old);
        assertThat(repository.check(CheckLevel.data()).problems()).isEmpty();
    }

    @Test
    void manifestsThatWereReadAreNotReadAgainToNumberABackup() throws IOException {
        var read = new ArrayList<String>();
        var watched = new FilterStorage(storage) {
            @Override
            void before(String operation, String name) {
                if (operation.equals("read") && name.startsWith(Manifests.FOLDER)) {
                    read.add(name);
                }
            }
        };
        try (Repository other = TestRepositories.open(watched)) {
            assertThat(other.list().backups()).hasSize(1);
            change();
            read.clear();
            BackupInfo second = TestRepositories.backUp(other, disk, Optional.empty());
            assertThat(second.sequence()).isEqualTo(2);
            assertThat(read).isEmpty();
        }
    }
}
