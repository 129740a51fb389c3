package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.api.Domain;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.watch.WatchedFolders;

/// What a process knows of a domain whose pull runs, and how a pull is given up.
@Tag("qemu")
class KeptJobsIT {
    @TempDir
    private Path dir;

    private TestDomain vm;
    private HeardDomain heard;

    @BeforeEach
    void start() {
        vm = TestDomain.in(dir).states(WatchedFolders::of).start();
        heard = new HeardDomain(vm);
        heard.awaitSettled();
    }

    @AfterEach
    void end() {
        heard.stopListening();
        running().forEach(job -> vm.domain().backupEnd(job, Set.of()));
        heard.close();
    }

    private Path scratch() {
        return dir.resolve("scratch");
    }

    private int begin() {
        String xml = """
                <domainbackup mode='pull'><server transport='unix' socket='%s'/>
                  <disks><disk name='vda' backup='yes' type='file'><scratch file='%s'/></disk></disks></domainbackup>
                """;
        return vm.domain()
                .backupBegin(BackupXml.read(xml.formatted(dir.resolve("pull"), scratch())), Optional.empty(), Set.of());
    }

    private ProcessHandle keeper(int job) {
        String id = Integer.toString(job);
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(List::of)
                        .filter(words -> words.size() > 3
                                && words.subList(words.size() - 3, words.size())
                                        .equals(List.of(vm.root().dir().toString(), "vm", id)))
                        .isPresent())
                .filter(process -> ProcessIdentity.of(process.pid()).isPresent())
                .findFirst()
                .orElseThrow();
    }

    private List<Integer> running() {
        return vm.domain().runningBackupJobs().stream().map(BackupJob::id).toList();
    }

    @Test
    void aDomainWhosePullIsLookedAfterAnswersWhileSomebodyHoldsIt() {
        int job = begin();
        heard.awaitSettled();
        HeardDomain.await(
                () -> heard.answersWhileHeld(() -> assertThat(running()).containsExactly(job)));
        HeardDomain.await(() -> Files.exists(heard.folder().jobs().resolve(job + ".progress")));
        HeardDomain.await(() -> heard.answersWhileHeld(() -> vm.domain().backupJob(job)));
    }

    @Test
    void whenTheKeeperIsGoneTheNextQuestionStartsAnother() {
        int job = begin();
        heard.awaitSettled();
        ProcessHandle first = keeper(job);
        first.destroyForcibly();
        HeardDomain.await(() -> ProcessIdentity.of(first.pid()).isEmpty());
        assertThat(heard.answersWhileHeld(() -> vm.domain().diskErrors())).isFalse();
        assertThat(running()).containsExactly(job);
        assertThat(keeper(job).pid()).isNotEqualTo(first.pid());
    }

    @Test
    void aPullThatIsGivenUpIsWhollyGoneForEveryoneElse() {
        for (int round = 0; round < 2; round++) {
            int job = begin();
            vm.domain().backupAbort(List::getFirst);
            assertThat(running()).isEmpty();
            assertThat(scratch()).doesNotExist();
            BackupJob ended = vm.domain().backupJob(job);
            assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
            assertThat(ended.acknowledged()).isTrue();
            assertThat(vm.events()).anyMatch(event -> event.contains("JobCompleted"));
        }
    }

    @Test
    void closingTheConnectionWaitsForWhatWasGivenUp() throws IOException {
        int job;
        try (Connection other = Connections.open(vm.connection().uri())) {
            job = begin();
            other.domain("vm").backupAbort(List::getFirst);
        }
        String record = Files.readString(heard.folder().jobs().resolve(job + ".json"));
        assertThat(record).contains("\"phase\":\"ENDED\"");
    }

    @Test
    void whoChoosesNoneChangesNothing() {
        int job = begin();
        Domain domain = vm.domain();
        assertThatThrownBy(() -> domain.backupAbort(jobs -> {
                    throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "none of " + jobs.size());
                }))
                .hasMessageContaining("none of 1");
        assertThat(running()).containsExactly(job);
        assertThat(scratch()).exists();
    }
}
