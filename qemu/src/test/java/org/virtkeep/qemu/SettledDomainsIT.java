package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.Metadata;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qemu.watch.FolderStates;
import org.virtkeep.qemu.watch.WatchedFolders;
import org.virtkeep.qmp.ContinueVm;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QmpConnection;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryStatus;
import org.virtkeep.qmp.StopVm;

/// What a process knows of a domain without asking is never what it was before another process changed it. The other
/// process is another connection, which shares nothing with the first one but the files.
@Tag("qemu")
@ParameterizedClass
@EnumSource
class SettledDomainsIT {
    /// How changes are noticed.
    enum Notice {
        BY_TIMES {
            @Override
            FolderStates of(Root root) {
                return FolderStates.polled(root);
            }
        },
        BY_THE_KERNEL {
            @Override
            FolderStates of(Root root) {
                return WatchedFolders.of(root);
            }
        };

        abstract FolderStates of(Root root);
    }

    @Parameter
    private Notice notice;

    @TempDir
    private Path dir;

    private TestDomain vm;
    private Connection other;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HeardDomain heard;

    @BeforeEach
    void start() {
        vm = TestDomain.in(dir).states(notice::of).monitors(Asked::new).start();
        other = Connections.open(vm.connection().uri());
        heard = new HeardDomain(vm);
        heard.awaitSettled();
    }

    @AfterEach
    void end() {
        heard.stopListening();
        other.close();
        heard.close();
    }

    private Domain theirs() {
        return other.domain("vm");
    }

    /// Takes down what sessions ask QEMU.
    private final class Asked extends DelegatingMonitor {
        private Asked(QmpMonitor monitor) {
            super(monitor);
        }

        @Override
        public <R> R execute(QmpCommand<R> command, Deadline deadline) throws QmpException {
            asked.add(command.name());
            return super.execute(command, deadline);
        }
    }

    @Test
    void aSettledDomainAnswersWhileSomebodyHoldsIt() {
        List<Runnable> questions = List.of(
                () -> vm.domain().blockInfo("vda"),
                () -> vm.domain().info(),
                () -> vm.domain().backupJobs(),
                () -> vm.domain().checkpoints(Set.of()),
                () -> vm.domain().xml(),
                () -> vm.domain().blockDevices(),
                () -> vm.domain().state());
        assertThat(questions).allMatch(heard::answersWhileHeld);
    }

    @Test
    void whatAnotherProcessDoesIsSeenAtOnce() {
        Domain ours = vm.domain();
        for (int round = 0; round < 3; round++) {
            heard.awaitSettled();
            theirs().suspend();
            assertThat(ours.state()).isEqualTo(DomainState.PAUSED);
            theirs().resume();
            assertThat(ours.state()).isEqualTo(DomainState.RUNNING);
            theirs().setMetadata(
                            new Metadata.Title(), Optional.of("title " + round), Optional.empty(), Metadata.Place.LIVE);
            assertThat(ours.xml()).contains("title " + round);
        }
        theirs().checkpointCreate(
                        CheckpointXml.read("<domaincheckpoint><name>one</name></domaincheckpoint>"), Set.of());
        assertThat(ours.checkpoints(Set.of())).extracting(Checkpoint::name).containsExactly("one");
        theirs().checkpoint("one").delete(Set.of());
        assertThat(ours.checkpoints(Set.of())).isEmpty();
    }

    @Test
    void aJobThatAnotherProcessBeginsAndEndsIsSeenAtOnce() {
        Domain ours = vm.domain();
        assertThat(ours.backupJobs()).isEmpty();
        int id = theirs().backupBegin(
                        BackupXml.read("<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>"
                                .formatted(dir.resolve("nbd"))),
                        Optional.empty(),
                        Set.of());
        assertThat(ours.backupJobs()).extracting(BackupJob::id).containsExactly(id);
        assertThat(ours.backupJob(0).state().hasEnded()).isFalse();
        theirs().backupEnd(id, Set.of());
        assertThat(ours.backupJobs()).allMatch(job -> job.state().hasEnded());
    }

    @Test
    void aDomainThatAnotherProcessEndsAndStartsAgainIsAnother() {
        int first = vm.domain().id().orElseThrow();
        assertThat(vm.connection().list(Set.of()))
                .allMatch(listed -> listed.id().orElseThrow() == first);
        theirs().destroy();
        assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
        assertThat(vm.domain().id()).isEmpty();
        assertThat(vm.connection().list(Set.of(DomainFilter.ACTIVE))).isEmpty();
        theirs().start(Set.of());
        assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
        assertThat(vm.domain().id().orElseThrow()).isGreaterThan(first);
        assertThat(vm.connection().list(Set.of(DomainFilter.ACTIVE))).hasSize(1);
        assertThat(vm.domain().blockDevices()).extracting(BlockDevice::target).containsExactly("vda");
    }

    @Test
    void aChangeThatIsInterruptedIsCarriedOnBeforeTheNextAnswer() throws Exception {
        Path change = heard.folder().checkpoints().resolve(".change.json");
        Files.writeString(change, "{\"kind\":\"CREATE\",\"names\":[\"lost\"],\"bitmaps\":true}");
        assertThat(vm.domain().checkpoints(Set.of())).isEmpty();
        assertThat(change).doesNotExist();
    }

    @Test
    void aChangeThatIsInterruptedIsCarriedOnBeforeTheNextChange() throws Exception {
        Path change = heard.folder().checkpoints().resolve(".change.json");
        Files.writeString(change, "{\"kind\":\"CREATE\",\"names\":[\"lost\"],\"bitmaps\":true}");
        vm.domain().suspend();
        assertThat(change).doesNotExist();
    }

    @Test
    void aChangeOfASettledDomainAsksQemuForNothingButItsState() {
        asked.clear();
        vm.domain().resume(); // nothing to do: it runs
        assertThat(asked).isNotEmpty().containsOnly("query-status");
    }

    @Test
    void whatTheGuestHasDoneIsKnownToTheNextChange() {
        for (int round = 0; round < 3; round++) {
            heard.awaitSettled();
            theirs().monitorCommand("stop", true);
            vm.domain().resume();
            assertThat(theirs().state()).isEqualTo(DomainState.RUNNING);
        }
    }

    @Test
    void whatTheGuestHasDoneUnheardIsKnownToTheNextChange() throws QmpException {
        var limit = Deadline.in(Duration.ofSeconds(60));
        try (var raw = QmpConnection.connect(heard.folder().socket("qmp1.sock"), limit)) {
            for (int round = 0; round < 10; round++) {
                raw.execute(new StopVm(), limit);
                vm.domain().resume();
                assertThat(raw.execute(new QueryStatus(), limit).state().name()).isEqualTo("running");
                assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
                raw.execute(new StopVm(), limit);
                raw.execute(new ContinueVm(), limit);
                vm.domain().suspend();
                assertThat(raw.execute(new QueryStatus(), limit).state().name()).isEqualTo("paused");
                assertThat(vm.domain().state()).isEqualTo(DomainState.PAUSED);
                raw.execute(new ContinueVm(), limit);
                vm.domain().suspend();
                assertThat(raw.execute(new QueryStatus(), limit).state().name()).isEqualTo("paused");
                vm.domain().resume();
            }
            raw.execute(new StopVm(), limit);
            HeardDomain.await(() -> vm.domain().state() == DomainState.PAUSED);
        }
    }

    /// Now and then a round may fall together with a look at all domains.
    @Test
    void whatAProcessDoesItselfItNeedNotLookAt() {
        assumeThat(notice).isEqualTo(Notice.BY_THE_KERNEL);
        int without = 0;
        for (int round = 0; round < 10; round++) {
            asked.clear();
            vm.domain().suspend();
            heard.awaitSettled();
            vm.domain().resume();
            heard.awaitSettled();
            List<String> aboutState = asked.stream()
                    .filter(Set.of("stop", "cont", "query-status")::contains)
                    .toList();
            if (aboutState.equals(List.of("stop", "query-status", "cont", "query-status"))) {
                without++;
            }
        }
        assertThat(without).isGreaterThan(5);
    }

    @Test
    void aListThatIsAskedForAgainShowsWhatHasChangedSince() {
        Set<DomainFilter> all = Set.of();
        for (int round = 0; round < 3; round++) {
            HeardDomain.await(
                    () -> vm.connection().list(all) == vm.connection().list(all) || notice == Notice.BY_TIMES);
            other.define(
                    "<domain type='qemu'><name>another</name><memory>1024</memory><os><type>hvm</type></os></domain>");
            assertThat(vm.connection().list(all)).hasSize(2);
            assertThat(vm.connection().list(Set.of(DomainFilter.INACTIVE)))
                    .extracting(listed -> listed.domain().name())
                    .containsExactly("another");
            other.domain("another").undefine(Set.of());
            assertThat(vm.connection().list(all)).hasSize(1);
        }
    }

    @Test
    void aCommandInTheMonitorIsAnsweredLikeAnythingElseAndWhatItHasDoneIsSeenAtOnce() {
        for (int round = 0; round < 3; round++) {
            heard.awaitSettled();
            assertThat(vm.domain().monitorCommand("{\"execute\":\"query-status\"}", false))
                    .contains("running");
            vm.domain().monitorCommand("{\"execute\":\"stop\"}", false);
            assertThat(vm.domain().state()).isEqualTo(DomainState.PAUSED);
            vm.domain().monitorCommand("cont", true);
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
        }
    }
}
