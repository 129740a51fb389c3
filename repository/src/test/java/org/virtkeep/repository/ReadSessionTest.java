package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadSessionTest {
    private final MemoryStorage storage = new MemoryStorage();
    private final TestDisk disk = new TestDisk("vda", 20 * TestDisk.CHUNK_BYTES);
    private final SplittableRandom random = new SplittableRandom(7);
    private Instant now = TestRepositories.START;
    private Repository repository;
    private byte[] content;
    private String first;

    @BeforeEach
    void createsTwoBackupsThatHaveNothingInCommon() throws IOException {
        repository = Repository.create(
                storage, TestRepositories.options(), TestRepositories.settings().withClock(() -> now));
        random.nextBytes(disk.bytes);
        content = disk.bytes.clone();
        first = TestRepositories.backUp(repository, disk, Optional.empty()).id();
        random.nextBytes(disk.bytes);
        TestRepositories.backUp(repository, disk, Optional.empty());
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void aPruneLeavesWhatIsBeingRead() throws IOException {
        try (ReadSession session = repository.beginRead(first)) {
            assertThat(repository.sessions()).extracting(SessionInfo::purpose).containsExactly("restore");
            PruneReport report = repository.prune(RetentionPolicy.keepLast(1));
            assertThat(report.forgotten()).containsExactly(first);
            assertThat(report.freedBytes()).isZero();
            repository.prune(RetentionPolicy.keepLast(1));
            assertThat(TestDisk.read(session.reader(), "vda")).isEqualTo(content);
            assertThatThrownBy(() -> repository.beginRead(first)).hasMessageContaining("is being deleted");
            assertThat(repository.sessions()).hasSize(1);
        }
        assertThat(repository.prune(RetentionPolicy.keepLast(1)).freedBytes()).isPositive();
        assertThat(repository.check(CheckLevel.data()).garbage()).isEmpty();
    }

    @Test
    void whoSleptTooLongReadsNothingWrong() throws IOException {
        try (ReadSession session = repository.beginRead(first)) {
            now = now.plus(Duration.ofHours(1));
            repository.prune(RetentionPolicy.keepLast(1));
            repository.prune(RetentionPolicy.keepLast(1));
            assertThat(session.isLeased()).isFalse();
            assertThatThrownBy(() -> TestDisk.read(session.reader(), "vda"))
                    .isInstanceOf(RepositoryException.Missing.class);
        }
    }

    @Test
    void readsWithoutALeaseWhereNothingCanBeWritten() throws IOException {
        var full = new FilterStorage(storage) {
            @Override
            void before(String operation, String name) throws IOException {
                if (operation.equals("put")) {
                    throw new FileSystemException(name, null, "No space left on device");
                }
            }
        };
        try (Repository other = TestRepositories.open(full);
                ReadSession session = other.beginRead(first)) {
            assertThat(session.isLeased()).isFalse();
            assertThat(TestDisk.read(session.reader(), "vda")).isEqualTo(content);
        }
        assertThat(repository.sessions()).isEmpty();
    }

    @Test
    void leavesNoLeaseWhenThereIsNothingToRead() throws IOException {
        assertThatThrownBy(() -> repository.beginRead("20260101T000000Z-0000000000000000"))
                .isInstanceOf(RepositoryException.Missing.class);
        repository.forget(List.of(first));
        assertThatThrownBy(() -> repository.beginRead(first)).isInstanceOf(RepositoryException.Missing.class);
        assertThat(repository.sessions()).isEmpty();
    }
}
