package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.model.ByteRange;

class RepositoryTest {
    private final MemoryStorage storage = new MemoryStorage();
    private final SplittableRandom random = new SplittableRandom(1);
    private Repository repository;

    @AfterEach
    void close() {
        if (repository != null) {
            repository.close();
        }
    }

    private void create() throws IOException {
        repository = TestRepositories.create(storage);
    }

    @Test
    void runsAsAModule() {
        assertThat(Repository.class.getModule().getName()).isEqualTo("org.virtkeep.repository");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyPointOfAChainOfIncrementalsRestores(boolean encrypted) throws IOException {
        repository = Repository.create(
                storage,
                encrypted ? TestRepositories.encrypted() : TestRepositories.options(),
                TestRepositories.settings());
        var disk = new TestDisk("vda", 40 * TestDisk.CHUNK_BYTES + 4711);
        Optional<String> base = Optional.empty();
        for (int point = 0; point < 6; point++) {
            disk.write(10, random);
            base = Optional.of(TestRepositories.backUp(repository, disk, base).id());
            disk.assertRestores(repository, base.get());
        }
        assertThat(repository.check(CheckLevel.data()).problems()).isEmpty();
        assertThat(repository.list().of("vm")).extracting(BackupInfo::sequence).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereTheBytesComeFromDoesNotMatter(boolean encrypted) throws IOException {
        repository = Repository.create(
                storage,
                encrypted ? TestRepositories.encrypted() : TestRepositories.options(),
                TestRepositories.settings());
        byte[] text = "it was a dark and stormy night; "
                .repeat(2 * TestDisk.CHUNK_BYTES / 32)
                .getBytes(StandardCharsets.UTF_8);
        byte[] noise = new byte[TestDisk.CHUNK_BYTES];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, text, 0, noise.length);
        ByteBuffer direct = ByteBuffer.allocateDirect(4 * TestDisk.CHUNK_BYTES).put(1, text);
        ByteBuffer heap = ByteBuffer.allocate(4 * TestDisk.CHUNK_BYTES).put(1, text);
        List<BackupInfo> backups = new ArrayList<>();
        for (ByteBuffer from : List.of(direct, heap, heap.asReadOnlyBuffer())) {
            try (BackupWriter writer = repository.begin(new BackupPlan(
                    "vm", List.of(new DiskSpec("vda", 4L * TestDisk.CHUNK_BYTES - 1)), Map.of()))) {
                for (int chunk = 0; chunk < 4; chunk++) {
                    int length = chunk < 3 ? TestDisk.CHUNK_BYTES : TestDisk.CHUNK_BYTES - 1;
                    ByteBuffer bytes = from.duplicate()
                            .position(chunk * TestDisk.CHUNK_BYTES + 1)
                            .limit(chunk * TestDisk.CHUNK_BYTES + 1 + length);
                    writer.disk("vda").put(chunk, bytes);
                    assertThat(bytes.hasRemaining()).isFalse();
                }
                backups.add(writer.commit(BackupMetadata.at(java.time.Instant.EPOCH)));
            }
        }
        assertThat(backups)
                .extracting(backup -> backup.disks().getFirst().root())
                .containsOnly(backups.getFirst().disks().getFirst().root());
        assertThat(backups)
                .extracting(BackupInfo::storedBytes)
                .element(0)
                .satisfies(stored -> assertThat(stored).isPositive());
        assertThat(backups.subList(1, 3)).extracting(BackupInfo::storedBytes).containsOnly(0L);
        byte[] read = new byte[text.length];
        repository.reader(backups.getFirst().id()).disk("vda").read(0, ByteBuffer.wrap(read));
        assertThat(read).isEqualTo(text);
    }

    @Test
    void whatWasFlushedIsNoBackupUntilItIsCommitted() throws IOException {
        create();
        var disk = new TestDisk("vda", 40 * TestDisk.CHUNK_BYTES);
        disk.write(10, random);
        var plan = new BackupPlan("vm", List.of(disk.spec()), Optional.empty());
        try (BackupWriter writer = repository.begin(plan)) {
            disk.backUp(writer.disk("vda"), true);
            writer.attach("notes", ByteBuffer.wrap(new byte[100]));
            writer.flush();
            assertThatThrownBy(() -> writer.attach("more", ByteBuffer.allocate(1)))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(repository.list().backups()).isEmpty();
        assertThat(repository.usage().packs()).isPositive();
        try (BackupWriter writer = repository.begin(plan)) {
            disk.backUp(writer.disk("vda"), true);
            writer.flush();
            writer.flush();
            BackupInfo backup = writer.commit(BackupMetadata.at(java.time.Instant.EPOCH));
            assertThat(backup.storedBytes()).isZero();
            disk.assertRestores(repository, backup.id());
            assertThatThrownBy(writer::flush).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anUnchangedDiskStoresNothing() throws IOException {
        create();
        var disk = new TestDisk("vda", 300 * TestDisk.CHUNK_BYTES);
        disk.write(200, random);
        String first =
                TestRepositories.backUp(repository, disk, Optional.empty()).id();
        BackupInfo again = TestRepositories.backUp(repository, disk, Optional.empty());
        BackupInfo incremental = TestRepositories.backUp(repository, disk, Optional.of(first));
        assertThat(again.storedBytes()).isZero();
        assertThat(incremental.storedBytes()).isZero();
        assertThat(again.disks().getFirst().treeHash())
                .isEqualTo(incremental.disks().getFirst().treeHash());
    }

    @Test
    void disksInheritEachFromItsOwnBase() throws IOException {
        create();
        var first = new TestDisk("vda", 30 * TestDisk.CHUNK_BYTES);
        var second = new TestDisk("vdb", 20 * TestDisk.CHUNK_BYTES);
        first.write(10, random);
        second.write(10, random);
        String ofFirst =
                TestRepositories.backUp(repository, first, Optional.empty()).id();
        String ofSecond =
                TestRepositories.backUp(repository, second, Optional.empty()).id();
        var disks = List.of(first.spec(), second.spec(), new DiskSpec("vdc", 1000));
        var plan = new BackupPlan("vm", disks, Map.of("vda", ofFirst, "vdb", ofSecond));
        try (BackupWriter writer = repository.begin(plan)) {
            BackupInfo both = writer.commit(BackupMetadata.at(java.time.Instant.EPOCH));
            first.assertRestores(repository, both.id());
            second.assertRestores(repository, both.id());
            assertThat(both.base()).contains(ofSecond);
        }
        assertThatThrownBy(() -> new BackupPlan("vm", List.of(first.spec()), Map.of("vdb", ofSecond)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tellsHowMuchTwoDisksDiffer() throws IOException {
        create();
        int chunk = TestDisk.CHUNK_BYTES;
        var small = new TestDisk("vda", 200 * chunk);
        DiskInfo empty = TestRepositories.backUp(repository, small, Optional.empty())
                .disks()
                .getFirst();
        small.write(30, random);
        DiskInfo before = TestRepositories.backUp(repository, small, Optional.empty())
                .disks()
                .getFirst();
        var large = new TestDisk("vda", 700 * chunk); // a map that is higher
        DiskInfo after = TestRepositories.backUp(repository, large, Optional.empty())
                .disks()
                .getFirst();
        long data = repository.differingBytes(empty, before);
        assertThat(data).isPositive().isLessThanOrEqualTo(200L * chunk);
        assertThat(repository.differingBytes(before, empty)).isEqualTo(data);
        assertThat(repository.differingBytes(before, before)).isZero();
        assertThat(repository.differingBytes(before, after)).isEqualTo(data);
        assertThat(repository.differingBytes(after, before)).isEqualTo(data);
    }

    @Test
    void aDiskOfZerosStoresNothing() throws IOException {
        create();
        var disk = new TestDisk("vda", 100 * TestDisk.CHUNK_BYTES);
        BackupInfo backup = TestRepositories.backUp(repository, disk, Optional.empty());
        assertThat(backup.storedBytes()).isZero();
        assertThat(backup.disks().getFirst().root().isZero()).isTrue();
        disk.assertRestores(repository, backup.id());
    }

    @Test
    void theTreeHashDependsOnTheBytesAlone() throws IOException {
        create();
        var disk = new TestDisk("vda", 600 * TestDisk.CHUNK_BYTES);
        disk.write(50, random);
        String base =
                TestRepositories.backUp(repository, disk, Optional.empty()).id();
        disk.write(50, random);
        BackupInfo incremental = TestRepositories.backUp(repository, disk, Optional.of(base));
        BackupInfo full = TestRepositories.backUp(repository, disk, Optional.empty());
        assertThat(incremental.disks().getFirst().treeHash())
                .isEqualTo(full.disks().getFirst().treeHash());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 70_000, 64 << 10, 300 * (64 << 10) + 1, 290 * (64 << 10), 0})
    void aResizedDiskInheritsWhatIsLeft(int newSize) throws IOException {
        create();
        var disk = new TestDisk("vda", 280 * TestDisk.CHUNK_BYTES + 999);
        disk.write(400, random);
        String base =
                TestRepositories.backUp(repository, disk, Optional.empty()).id();
        disk.resize(newSize);
        BackupInfo incremental = TestRepositories.backUp(repository, disk, Optional.of(base));
        disk.assertRestores(repository, incremental.id());
        BackupInfo full = TestRepositories.backUp(repository, disk, Optional.empty());
        assertThat(incremental.disks().getFirst().treeHash())
                .isEqualTo(full.disks().getFirst().treeHash());
    }

    @Test
    void marksOfZerosReplaceWhatTheBaseHas() throws IOException {
        create();
        var disk = new TestDisk("vda", 600 * TestDisk.CHUNK_BYTES);
        disk.write(900, random);
        String base =
                TestRepositories.backUp(repository, disk, Optional.empty()).id();
        int from = 3 * TestDisk.CHUNK_BYTES;
        int end = 550 * TestDisk.CHUNK_BYTES;
        Arrays.fill(disk.bytes, from, end, (byte) 0);
        try (BackupWriter writer = repository.begin(new BackupPlan("vm", List.of(disk.spec()), Optional.of(base)))) {
            writer.disk("vda").markZero(new ByteRange(from, end - from));
            disk.assertRestores(
                    repository,
                    writer.commit(BackupMetadata.at(TestRepositories.START)).id());
        }
    }

    @Test
    void readsAnyRange() throws IOException {
        create();
        var disk = new TestDisk("vda", 20 * TestDisk.CHUNK_BYTES + 17);
        disk.write(12, random);
        String backup =
                TestRepositories.backUp(repository, disk, Optional.empty()).id();
        DiskReader reader = repository.reader(backup).disk("vda");
        for (int read = 0; read < 200; read++) {
            int from = random.nextInt(disk.bytes.length);
            int length = random.nextInt(disk.bytes.length - from + 1);
            ByteBuffer into = ByteBuffer.allocate(length);
            reader.read(from, into);
            assertThat(into.array()).isEqualTo(Arrays.copyOfRange(disk.bytes, from, from + length));
        }
        assertThatThrownBy(() -> reader.read(disk.bytes.length - 3, ByteBuffer.allocate(4)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void listsTheDataOfASparseDisk() throws IOException {
        create();
        var disk = new TestDisk("vda", 1000 * TestDisk.CHUNK_BYTES);
        for (int chunk : new int[] {3, 4, 5, 700}) {
            disk.bytes[chunk * TestDisk.CHUNK_BYTES + 5] = 1;
        }
        String backup =
                TestRepositories.backUp(repository, disk, Optional.empty()).id();
        DiskReader reader = repository.reader(backup).disk("vda");
        long size = TestDisk.CHUNK_BYTES;
        long end = disk.bytes.length;
        assertThat(reader.nextData(0, end)).contains(new ByteRange(3 * size, 3 * size));
        assertThat(reader.nextData(4 * size + 1, end)).contains(new ByteRange(4 * size + 1, 2 * size - 1));
        assertThat(reader.nextData(6 * size, end)).contains(new ByteRange(700 * size, size));
        assertThat(reader.nextData(0, 2 * size)).isEmpty();
        assertThat(reader.nextData(701 * size, end)).isEmpty();
    }

    @Test
    void keepsAttachments() throws IOException {
        create();
        var plan = new BackupPlan("vm", List.of(), Optional.empty());
        byte[] xml = "<domain/>".getBytes(StandardCharsets.UTF_8);
        try (BackupWriter writer = repository.begin(plan)) {
            writer.attach("domain.xml", ByteBuffer.wrap(xml));
            String backup =
                    writer.commit(BackupMetadata.at(TestRepositories.START)).id();
            assertThat(repository.reader(backup).attachment("domain.xml")).contains(ByteBuffer.wrap(xml));
            assertThat(repository.reader(backup).attachment("nvram")).isEmpty();
        }
    }

    @Test
    void anAbortedBackupDoesNotExistButItsPacksAreUsed() throws IOException {
        create();
        var disk = new TestDisk("vda", 100 * TestDisk.CHUNK_BYTES);
        random.nextBytes(disk.bytes);
        try (BackupWriter writer = repository.begin(new BackupPlan("vm", List.of(disk.spec()), Optional.empty()))) {
            disk.backUp(writer.disk("vda"), true);
        }
        assertThat(repository.list().backups()).isEmpty();
        BackupInfo second = TestRepositories.backUp(repository, disk, Optional.empty());
        assertThat(second.storedBytes()).isLessThan(disk.bytes.length / 2);
        disk.assertRestores(repository, second.id());
    }

    @Test
    void severalThreadsPutAtOnce() throws Exception {
        create();
        var disk = new TestDisk("vda", 400 * TestDisk.CHUNK_BYTES);
        disk.write(600, random);
        var plan = new BackupPlan("vm", List.of(disk.spec()), Optional.empty());
        try (BackupWriter writer = repository.begin(plan);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<Void>>();
            for (int part = 0; part < 8; part++) {
                int first = part;
                tasks.add(() -> {
                    for (int chunk = first; chunk < disk.chunks(); chunk += 8) {
                        writer.disk("vda")
                                .put(
                                        chunk,
                                        ByteBuffer.wrap(
                                                disk.bytes, chunk * TestDisk.CHUNK_BYTES, TestDisk.CHUNK_BYTES));
                    }
                    return null;
                });
            }
            for (var done : threads.invokeAll(tasks)) {
                done.get();
            }
            disk.assertRestores(
                    repository,
                    writer.commit(BackupMetadata.at(TestRepositories.START)).id());
        }
        assertThat(repository.check(CheckLevel.data()).isClean()).isTrue();
    }

    @Test
    void refusesAnUnknownBase() throws IOException {
        create();
        var plan = new BackupPlan(
                "vm", List.of(new DiskSpec("vda", 1000)), Optional.of("20260101T000000Z-0000000000000000"));
        assertThatThrownBy(() -> repository.begin(plan)).isInstanceOf(RepositoryException.Missing.class);
        assertThat(storage.objects.keySet()).noneMatch(name -> name.startsWith("leases/"));
    }

    @Test
    void refusesAChunkOfTheWrongLength() throws IOException {
        create();
        var plan = new BackupPlan("vm", List.of(new DiskSpec("vda", TestDisk.CHUNK_BYTES + 5)), Optional.empty());
        try (BackupWriter writer = repository.begin(plan)) {
            assertThatThrownBy(() -> writer.disk("vda").put(1, ByteBuffer.allocate(6)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> writer.disk("vda").put(2, ByteBuffer.allocate(5)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void oneRepositoryPerStorage() throws IOException {
        create();
        assertThatThrownBy(() -> TestRepositories.create(storage)).isInstanceOf(RepositoryException.Busy.class);
        assertThatThrownBy(() -> TestRepositories.open(new MemoryStorage()))
                .isInstanceOf(RepositoryException.Missing.class)
                .hasMessageContaining("repo init");
    }
}
