package org.virtkeep.qemu.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.TestDomain;
import org.virtkeep.qemu.state.ProcessIdentity;

/// A keeper that waits for the next job.
@Tag("qemu")
class SpareKeeperIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private static int begin(Domain domain, Path socket) {
        String xml = "<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>";
        return domain.backupBegin(BackupXml.read(xml.formatted(socket)), Optional.empty(), Set.of());
    }

    private static ProcessIdentity keeper(TestDomain vm, int job) {
        return new JobStore(vm.root().folder("vm"), vm.root().durable())
                .find(job)
                .flatMap(JobRecord::keeper)
                .orElseThrow();
    }

    /// The keeper below the test's root that was started without a job.
    ///
    /// @param taken the one that has got one since
    private static Optional<ProcessIdentity> spare(TestDomain vm, ProcessIdentity... taken) {
        String root = vm.root().dir().toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .filter(arguments -> arguments.length > 1
                                && arguments[arguments.length - 1].equals(root)
                                && arguments[arguments.length - 2].endsWith(Keeper.class.getName()))
                        .isPresent())
                .flatMap(process -> ProcessIdentity.of(process.pid()).stream())
                .filter(process -> !List.of(taken).contains(process))
                .findFirst();
    }

    private static void await(BooleanSupplier condition) {
        var deadline = Deadline.in(LIMIT);
        while (!condition.getAsBoolean()) {
            assertThat(deadline.hasPassed()).as("waited too long").isFalse();
            Pause.briefly();
        }
    }

    private TestDomain start() {
        var settings = new BackupSettings(
                Duration.ZERO, BackupSettings.PushPath.AUTO, Optional.empty(), Optional.empty(), true);
        return TestDomain.in(dir).settings(settings).start();
    }

    @Test
    void theSecondJobTakesTheKeeperThatWaitsAndKeepsItWhenItsBeginnerIsGone() {
        try (var vm = start()) {
            assertThat(spare(vm)).isEmpty();
            int first = begin(vm.domain(), dir.resolve("one"));
            await(() -> spare(vm).isPresent());
            ProcessIdentity waiting = spare(vm).orElseThrow();

            int second = begin(vm.domain(), dir.resolve("two"));
            assertThat(keeper(vm, second)).isEqualTo(waiting).isNotEqualTo(keeper(vm, first));
            await(() -> spare(vm, waiting).isPresent());
            ProcessIdentity next = spare(vm, waiting).orElseThrow();

            try (Connection other = Connections.open(vm.connection().uri())) {
                vm.connection().close();
                await(() -> !next.isAlive());
                assertThat(waiting.isAlive()).isTrue();
                Domain domain = other.domain("vm");
                assertThat(domain.backupEnd(second, Set.of())).isEqualTo(BackupEnd.COMPLETED);
                assertThat(domain.backupEnd(first, Set.of())).isEqualTo(BackupEnd.COMPLETED);
                await(() -> !waiting.isAlive());
            }
        }
    }

    @Test
    void theFirstJobTakesTheKeeperThatWasStartedForIt() {
        try (var vm = TestDomain.in(dir).start()) {
            vm.connection().prepareBackup();
            await(() -> soon(vm).isPresent());
            ProcessIdentity waiting = soon(vm).orElseThrow();
            int job = begin(vm.domain(), dir.resolve("one"));
            assertThat(keeper(vm, job)).isEqualTo(waiting);
            assertThat(vm.domain().backupEnd(job, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            await(() -> !waiting.isAlive());
            vm.connection().prepareBackup();
            await(() -> soon(vm).isPresent());
            ProcessIdentity unused = soon(vm).orElseThrow();
            vm.connection().close();
            await(() -> !unused.isAlive());
        }
    }

    /// The keeper below the test's root that was started for a job that was about to come.
    private static Optional<ProcessIdentity> soon(TestDomain vm) {
        String root = vm.root().dir().toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .filter(arguments -> List.of(arguments).indexOf(root) == arguments.length - 2
                                && arguments[arguments.length - 1].equals("soon"))
                        .isPresent())
                .flatMap(process -> ProcessIdentity.of(process.pid()).stream())
                .findFirst();
    }

    @Test
    void aSpareThatHasDiedIsNoReasonToFail() {
        try (var vm = start()) {
            int first = begin(vm.domain(), dir.resolve("one"));
            await(() -> spare(vm).isPresent());
            ProcessIdentity waiting = spare(vm).orElseThrow();
            KeeperControl.kill(waiting);
            int second = begin(vm.domain(), dir.resolve("two"));
            assertThat(keeper(vm, second)).isNotEqualTo(waiting);
            assertThat(vm.domain().backupEnd(second, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            assertThat(vm.domain().backupEnd(first, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        }
    }
}
