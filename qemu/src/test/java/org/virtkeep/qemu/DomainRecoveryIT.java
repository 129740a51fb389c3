package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.testkit.Monitor;
import org.virtkeep.testkit.Tool;

@Tag("qemu")
class DomainRecoveryIT {
    @TempDir
    private Path dir;

    /// Writes down how it is called.
    private static final class RecordingRecovery implements JobRecovery {
        private final List<String> calls = new ArrayList<>();
        private boolean needsQemu;

        @Override
        public void recover(DomainSession session) {
            calls.add("recover " + (session.isActive() ? session.state() : "inactive") + " after "
                    + session.root().events().last());
        }

        @Override
        public void beforeStop(DomainSession session, String why) {
            calls.add("beforeStop " + session.state() + ": " + why);
        }

        @Override
        public boolean needsQemu(DomainSession session) {
            return needsQemu;
        }
    }

    private TestDomain startWith(JobRecovery recovery) {
        return TestDomain.in(dir)
                .recovery(recovery)
                .with("<on_reboot>destroy</on_reboot>")
                .start();
    }

    @Test
    void noticesThatQemuWasKilled() {
        try (var vm = TestDomain.in(dir).start()) {
            vm.killQemu();
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
            assertThat(vm.events()).last().isEqualTo("STOPPED failed");
            assertThat(vm.connection().notices()).singleElement().asString().contains("'vm'", "is gone");
            assertThat(vm.connection().notices()).isEmpty();
            assertThat(vm.root().folder("vm").run()).isEmptyDirectory();
            assertThat(vm.root().folder("vm").liveXmlFile()).doesNotExist();
            assertRefused(ErrorCode.OPERATION_INVALID, vm.domain()::destroy);
            vm.domain().start(Set.of());
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
        }
    }

    @Test
    void destroyOfADeadDomainSaysThatItDoesNotRun() {
        try (var vm = TestDomain.in(dir).start()) {
            vm.killQemu();
            assertRefused(ErrorCode.OPERATION_INVALID, vm.domain()::destroy);
            assertThat(vm.events()).endsWith("STOPPED failed");
        }
    }

    @Test
    void anotherProcessWithTheSameIdIsNotTheDomain() {
        try (var vm = TestDomain.in(dir).start()) {
            DomainRun run = vm.run();
            vm.killQemu();
            ProcessIdentity self = ProcessIdentity.ofThisProcess();
            var before = new ProcessIdentity(self.pid(), self.startTicks() - 1, self.bootId());
            vm.root().folder("vm").writeRun(run.started(Optional.of(before), run.qemuVersion(), run.reported()));
            assertRefused(ErrorCode.OPERATION_INVALID, vm.domain()::destroy);
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
        }
    }

    @Test
    void aRunOfAnEarlierBootIsOver() {
        try (var vm = TestDomain.in(dir).start()) {
            DomainRun run = vm.run();
            ProcessIdentity process = vm.process();
            var rebooted = new ProcessIdentity(process.pid(), process.startTicks(), "another-boot");
            vm.root().folder("vm").writeRun(run.started(Optional.of(rebooted), run.qemuVersion(), run.reported()));
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
            org.virtkeep.qemu.machine.QemuProcess.kill(process);
        }
    }

    @Test
    void aReaderOfEventsLearnsOfADeathThatNobodyElseNoticed() {
        try (var vm = TestDomain.in(dir).start()) {
            long last = vm.connection().lastEvent();
            vm.killQemu();
            assertThat(vm.connection().events(last, Duration.ofSeconds(30)))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Event.Lifecycle.class,
                            event -> assertThat(event.type()).isEqualTo(Event.LifecycleType.STOPPED));
        }
    }

    @Test
    void announcesWhatOthersDidToTheGuest() {
        try (var vm = TestDomain.in(dir).start();
                var monitor = Monitor.connect(vm.run().watchMonitors().getLast())) {
            monitor.execute("stop");
            assertThat(vm.domain().state()).isEqualTo(DomainState.PAUSED);
            assertThat(vm.domain().state()).isEqualTo(DomainState.PAUSED);
            monitor.execute("cont");
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
            assertThat(vm.events())
                    .endsWith("STARTED booted", "RESUMED unpaused", "SUSPENDED paused", "RESUMED unpaused");
        }
    }

    @Test
    void stopsADomainWhoseGuestHasShutDown() {
        var recovery = new RecordingRecovery();
        recovery.needsQemu = true;
        try (var vm = startWith(recovery);
                var monitor = Monitor.connect(vm.run().watchMonitors().getLast())) {
            monitor.execute("system_reset"); // which this domain's definition makes a shutdown
            monitor.awaitEvent("SHUTDOWN", Duration.ofSeconds(30));
            monitor.awaitEvent("STOP", Duration.ofSeconds(30));
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTDOWN);
            assertThat(vm.process().isAlive()).isTrue();
            recovery.needsQemu = false;
            recovery.calls.clear();
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
            assertThat(vm.events()).endsWith("SHUTDOWN finished", "STOPPED shutdown");
            assertThat(recovery.calls)
                    .containsExactly(
                            "recover SHUTDOWN after 4",
                            "beforeStop SHUTDOWN: the guest shut down",
                            "recover inactive after 4");
        }
    }

    @Test
    void jobsEndBeforeTheirDomain() {
        var recovery = new RecordingRecovery();
        try (var vm = startWith(recovery)) {
            recovery.calls.clear();
            vm.domain().destroy();
            assertThat(recovery.calls)
                    .containsExactly(
                            "recover RUNNING after 3",
                            "beforeStop RUNNING: the domain was destroyed",
                            "recover inactive after 3");
            vm.domain().start(Set.of());
            recovery.calls.clear();
            vm.killQemu();
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
            assertThat(recovery.calls).containsExactly("recover inactive after 6");
            assertThat(vm.connection().lastEvent()).isEqualTo(7);
        }
    }

    @Test
    void usesAnotherMonitorWhenTheFirstIsTaken() {
        try (var vm = TestDomain.in(dir).start();
                var _ = Monitor.connect(vm.run().workMonitor());
                DomainSession session =
                        new Sessions(vm.root(), JobRecovery.NONE).open("vm", "test", Deadline.inMillis(2_000))) {
            assertThat(session.state()).isEqualTo(DomainState.RUNNING);
        }
    }

    @Test
    void aQemuThatHangsIsNamedListedAndDestroyed() {
        try (var vm = TestDomain.in(dir).start()) {
            var sessions = new Sessions(vm.root(), JobRecovery.NONE);
            Tool.run("kill", "-STOP", Long.toString(vm.process().pid()));
            assertRefused(ErrorCode.OPERATION_TIMEOUT, () -> sessions.open("vm", "test", Deadline.inMillis(300)))
                    .hasMessageContaining("process " + vm.process().pid())
                    .hasMessageContaining("does not answer");
            assertThat(vm.connection().domains(Set.of(DomainFilter.RUNNING))).hasSize(1);
            sessions.destroy("vm", Deadline.inMillis(300));
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
            assertThat(vm.events()).endsWith("STOPPED destroyed");
        }
    }

    @Test
    void aBusyDomainIsListedAsItWas() {
        try (var vm = TestDomain.in(dir).start();
                DomainSession session = vm.session()) {
            assertThat(session.isActive()).isTrue();
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
        }
    }

    @Test
    void oneUnreadableDomainDoesNotSpoilTheList() throws IOException {
        try (var vm = TestDomain.in(dir).start()) {
            Path file = vm.root().folder("vm").runFile();
            byte[] good = Files.readAllBytes(file);
            Files.writeString(file, "garbage");
            assertThat(vm.connection().domains(Set.of())).hasSize(1);
            assertRefused(ErrorCode.SYSTEM_ERROR, vm.domain()::suspend).hasMessageContaining("live.json");
            Files.write(file, good);
        }
    }
}
