package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.TinyTmpfs;

/// A real file system without a single free block.
@Tag("qemu")
class FullDiskIT {
    private static final long ROOM = 12 << 20;

    @TempDir
    private Path dir;

    private final SplittableRandom random = new SplittableRandom(11);
    private final TestDisk disk = new TestDisk("vda", 24 * TestDisk.CHUNK_BYTES);
    private final List<String> backups = new ArrayList<>();

    private void backUp(Repository repository) throws IOException {
        random.nextBytes(disk.bytes);
        backups.add(TestRepositories.backUp(repository, disk, Optional.empty()).id());
    }

    @Test
    void whatIsNotNeededCanBePrunedWhenNothingCanBeWritten() throws IOException {
        try (TinyTmpfs small = TinyTmpfs.mount(dir, "small", ROOM)) {
            Path reserve = small.folder().resolve("staging/reserve");
            try (Repository repository = TestRepositories.create(LocalStorage.open(small.folder()))) {
                assertThat(Files.size(reserve)).isEqualTo(1 << 20);
                backUp(repository);
                backUp(repository);
                backUp(repository);
                small.fillUpTo(0);
                byte[] third = disk.bytes.clone();
                assertThatThrownBy(() -> backUp(repository)).hasMessageContaining("No space left on device");
                assertThat(reserve).exists(); // not for backups
                repository.forget(backups.subList(0, 1));
                assertThat(repository.prune(RetentionPolicy.keepLast(1)).freedBytes())
                        .isGreaterThan(2 * disk.bytes.length);
                assertThat(Files.size(reserve)).isEqualTo(1 << 20);
                assertThat(TestDisk.read(repository.reader(backups.get(2)), "vda"))
                        .isEqualTo(third);
                assertThat(repository.check(CheckLevel.data()).isClean()).isTrue();
                backUp(repository);
                disk.assertRestores(repository, backups.getLast());
            }
        }
    }

    @Test
    void ifTheReserveIsGoneTooTheRefusalSaysWhatIsMissing() throws IOException {
        try (TinyTmpfs small = TinyTmpfs.mount(dir, "small", ROOM)) {
            try (Repository repository = TestRepositories.create(LocalStorage.open(small.folder()))) {
                backUp(repository);
                Files.delete(small.folder().resolve("staging/reserve"));
                small.fillUpTo(0);
                assertThatThrownBy(() -> repository.prune(RetentionPolicy.keepAll()))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("No space left on device");
                small.drain();
                repository.prune(RetentionPolicy.keepAll());
                assertThat(small.folder().resolve("staging/reserve")).exists();
            }
        }
    }
}
