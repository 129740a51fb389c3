package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PruneTest {
    private final MemoryStorage storage = new MemoryStorage();
    private final SplittableRandom random = new SplittableRandom(1);
    private final TestDisk disk = new TestDisk("vda", 20 * TestDisk.CHUNK_BYTES);
    private Instant now = TestRepositories.START;
    private Repository repository;

    @BeforeEach
    void create() throws IOException {
        InstantSource clock = () -> now;
        repository = Repository.create(
                storage, TestRepositories.options(), TestRepositories.settings().withClock(clock));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private String full() throws IOException {
        random.nextBytes(disk.bytes);
        return TestRepositories.backUp(repository, disk, Optional.empty()).id();
    }

    private BackupWriter begin(Optional<String> base) throws IOException {
        return repository.begin(new BackupPlan("vm", List.of(disk.spec()), base));
    }

    private String commit(BackupWriter writer) throws IOException {
        try (writer) {
            return writer.commit(BackupMetadata.at(now)).id();
        }
    }

    private void isWhole(int packs) throws IOException {
        assertThat(repository.check(CheckLevel.data()).isClean()).isTrue();
        assertThat(repository.usage().packs()).isEqualTo(packs);
    }

    @Test
    void freesWhatOnlyForgottenBackupsNeeded() throws IOException {
        String first = full();
        long size = repository.usage().packBytes();
        String second = full();
        PruneReport plan = repository.tryPrune(RetentionPolicy.keepLast(1));
        PruneReport done = repository.prune(RetentionPolicy.keepLast(1));
        assertThat(plan).isEqualTo(done);
        assertThat(done.forgotten()).containsExactly(first);
        assertThat(done.kept()).containsExactly(second);
        assertThat(done.freedBytes()).isEqualTo(size);
        isWhole(1);
        disk.assertRestores(repository, second);
        assertThatThrownBy(() -> repository.reader(first)).isInstanceOf(RepositoryException.Missing.class);
    }

    @Test
    void copiesTheRestOutOfAPackWithLittleLeft() throws IOException {
        String first = full();
        disk.dirty.set(0, 17);
        random.nextBytes(disk.bytes);
        byte[] before = TestDisk.read(repository.reader(first), "vda");
        System.arraycopy(
                before, 17 * TestDisk.CHUNK_BYTES, disk.bytes, 17 * TestDisk.CHUNK_BYTES, 3 * TestDisk.CHUNK_BYTES);
        String second =
                TestRepositories.backUp(repository, disk, Optional.of(first)).id();
        PruneReport plan = repository.tryPrune(RetentionPolicy.keepLast(1));
        PruneReport report = repository.prune(RetentionPolicy.keepLast(1));
        assertThat(plan).isEqualTo(report);
        assertThat(report.rewrittenBytes()).isBetween(3L * TestDisk.CHUNK_BYTES, 4L * TestDisk.CHUNK_BYTES);
        disk.assertRestores(repository, second);
        isWhole(2);
        assertThat(repository.check(CheckLevel.data()).garbage()).isEmpty();
    }

    @Test
    void waitsForASessionThatMayCountOnACondemnedPack() throws IOException {
        String first = full();
        BackupWriter writer = begin(Optional.empty());
        repository.forget(List.of(first));
        disk.backUp(writer.disk("vda"), true); // all of it is found in the packs of the forgotten backup
        PruneReport waiting = repository.prune(RetentionPolicy.keepAll());
        assertThat(waiting.freedBytes()).isZero();
        String second = commit(writer);
        disk.assertRestores(repository, second);
        repository.prune(RetentionPolicy.keepAll());
        disk.assertRestores(repository, second);
        isWhole(1);
    }

    @Test
    void aSessionThatBeginsLaterStoresAgainWhatIsCondemned() throws IOException {
        String first = full();
        BackupWriter old = begin(Optional.empty());
        repository.forget(List.of(first));
        old.close();
        BackupWriter other = begin(Optional.empty()); // holds the packs' deletion up
        Condemnation.put(
                storage,
                repository.id(),
                List.copyOf(repository.parts().index().view().packs().keySet()),
                List.of());
        BackupWriter late = begin(Optional.empty());
        disk.backUp(late.disk("vda"), true);
        String second = commit(late);
        other.close();
        repository.prune(RetentionPolicy.keepAll());
        disk.assertRestores(repository, second);
        isWhole(1);
    }

    @Test
    void aForgottenBackupIsNoBaseButKeepsItsDataForWhoHasItForBase() throws IOException {
        String first = full();
        BackupWriter writer = begin(Optional.of(first));
        repository.forget(List.of(first));
        assertThat(repository.list().backups()).isEmpty();
        assertThatThrownBy(() -> begin(Optional.of(first)))
                .isInstanceOf(RepositoryException.Missing.class)
                .hasMessageContaining("being deleted");
        repository.prune(RetentionPolicy.keepAll());
        repository.prune(RetentionPolicy.keepAll());
        String second = commit(writer);
        repository.prune(RetentionPolicy.keepAll());
        disk.assertRestores(repository, second);
        isWhole(1);
    }

    @Test
    void aSessionTakenForDeadCommitsNothing() throws IOException {
        full();
        BackupWriter writer = begin(Optional.empty());
        disk.backUp(writer.disk("vda"), true);
        now = now.plus(Duration.ofHours(1)); // nobody renewed the lease: to others the session is dead
        repository.prune(RetentionPolicy.keepLast(1));
        assertThatThrownBy(() -> commit(writer)).isInstanceOf(RepositoryException.LeaseLost.class);
        assertThat(repository.list().backups()).hasSize(1);
        isWhole(1);
    }

    @Test
    void aLeaseBrokenBetweenManifestAndCheckIsNoticed() throws IOException {
        var tricky = new FilterStorage(storage) {
            @Override
            void before(String operation, String name) throws IOException {
                if (operation.equals("put") && name.startsWith("manifests/")) {
                    now = now.plus(Duration.ofHours(1));
                    repository.parts().leases().breakDead();
                }
            }
        };
        try (var writing = TestRepositories.open(tricky)) {
            random.nextBytes(disk.bytes);
            assertThatThrownBy(() -> TestRepositories.backUp(writing, disk, Optional.empty()))
                    .isInstanceOf(RepositoryException.LeaseLost.class);
        }
        assertThat(repository.list().backups()).isEmpty();
    }

    @Test
    void aRenewedLeaseIsRespectedWhateverTheClockDoes() throws IOException {
        BackupWriter writer = begin(Optional.empty());
        now = now.plus(Duration.ofDays(3650));
        writer.lease().renew();
        repository.prune(RetentionPolicy.keepAll());
        now = now.minus(Duration.ofDays(5000));
        writer.lease().renew();
        repository.prune(RetentionPolicy.keepAll());
        disk.backUp(writer.disk("vda"), true);
        commit(writer);
        assertThat(storage.objects.keySet()).noneMatch(name -> name.startsWith("leases/"));
    }

    @Test
    void theOrderOfBackupsDoesNotFollowAClockThatJumpedBack() throws IOException {
        full();
        now = now.minus(Duration.ofDays(365));
        String second = full();
        repository.prune(RetentionPolicy.keepLast(1));
        assertThat(repository.list().backups()).extracting(BackupInfo::id).containsExactly(second);
    }

    @Test
    void aSecondPruneIsRefused() throws IOException {
        try (Lease _ = Lease.take(storage, repository.id(), TestRepositories.settings(), LeaseRecord.Purpose.PRUNE)) {
            assertThatThrownBy(() -> repository.prune(RetentionPolicy.keepAll()))
                    .isInstanceOf(RepositoryException.Busy.class)
                    .hasMessageContaining("another prune is running: process");
        }
        repository.prune(RetentionPolicy.keepAll());
    }

    @Test
    void aHeldBackupStays() throws IOException {
        String first = full();
        String second = full();
        repository.hold(first);
        repository.prune(RetentionPolicy.keepLast(1));
        assertThat(repository.list().backups()).extracting(BackupInfo::id).containsExactly(first, second);
        repository.release(first);
        repository.prune(RetentionPolicy.keepLast(1));
        assertThat(repository.list().backups()).extracting(BackupInfo::id).containsExactly(second);
    }

    @Test
    void aPolicyForOneDomainLeavesTheOthers() throws IOException {
        String first = full();
        String second = full();
        String other;
        var plan = new BackupPlan("other", List.of(disk.spec()), Optional.empty());
        try (BackupWriter writer = repository.begin(plan)) {
            other = writer.commit(BackupMetadata.at(now)).id();
        }
        assertThatThrownBy(() ->
                        repository.prune(new PrunePlan(RetentionPolicy.keepLast(1), Set.of("vm", "db")), new Task()))
                .isInstanceOf(RepositoryException.Missing.class)
                .hasMessage("there is no backup of domain 'db'");
        PruneReport report = repository.prune(new PrunePlan(RetentionPolicy.keepLast(1), Set.of("vm")), new Task());
        assertThat(report.forgotten()).containsExactly(first);
        assertThat(report.kept()).containsExactlyInAnyOrder(second, other);
    }

    @Test
    void theMarksOfBrokenLeasesAreRemovedInTheEnd() throws IOException {
        BackupWriter writer = begin(Optional.empty());
        now = now.plus(Duration.ofHours(1));
        repository.prune(RetentionPolicy.keepAll());
        assertThatThrownBy(() -> commit(writer)).isInstanceOf(RepositoryException.LeaseLost.class);
        repository.prune(RetentionPolicy.keepAll());
        repository.prune(RetentionPolicy.keepAll());
        assertThat(storage.objects.keySet()).noneMatch(name -> name.startsWith("leases/"));
    }

    @Test
    void aDeadProcessOfThisHostIsSeenDeadAtOnce() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        LeaseOwner self = LeaseOwner.current();
        assertThat(new LeaseOwner(self.host(), self.place(), process.pid(), 0).isSeenDead(self))
                .isTrue();
        assertThat(new LeaseOwner(self.host(), "elsewhere", process.pid(), 0).isSeenDead(self))
                .isFalse();
        assertThat(self.isSeenDead(self)).isFalse();
    }
}
