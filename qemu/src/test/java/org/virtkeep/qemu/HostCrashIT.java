package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.state.LossyFiles;

/// A crash of the host ends all processes, and loses what was not forced to disk.
@Tag("qemu")
class HostCrashIT {
    private static final int TRIALS = 8;

    @TempDir
    Path dir;

    /// How a file may be when the host is up again.
    private enum Damage {
        EMPTY,
        HALF,
        MISSING;

        void on(Path file) throws IOException {
            byte[] content = Files.readAllBytes(file);
            switch (this) {
                case EMPTY -> Files.write(file, new byte[0]);
                case HALF -> Files.write(file, Arrays.copyOf(content, content.length / 2));
                case MISSING -> Files.delete(file);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "domains/vm/live.json",
                "domains/vm/live.xml",
                "domains/vm/uuid",
                "domains/vm/last-end",
                "domains/vm/jobs/last-id.json",
                "domains/vm/checkpoints/.current.json",
                "run-ids.json"
            })
    void aFileThatIsNotForcedToDiskMayBeLost(String name) throws IOException {
        try (var vm = TestDomain.in(dir).start()) {
            vm.domain().destroy(); // which writes down why
            vm.domain().start(Set.of());
            vm.domain().checkpointCreate(DoomedCommand.checkpoint("one").orElseThrow(), Set.of());
            vm.domain().checkpointCreate(DoomedCommand.checkpoint("two").orElseThrow(), Set.of());
            int job = vm.domain().backupBegin(BackupXml.read(pullXml()), Optional.empty(), Set.of());
            killAll(vm);
            Path file = vm.root().dir().resolve(name);
            byte[] whole = Files.readAllBytes(file);
            for (Damage damage : Damage.values()) {
                Files.write(file, whole);
                damage.on(file);
                requireRight(vm, job);
                if (damage != Damage.MISSING) {
                    vm.domain().start(Set.of());
                    killAll(vm);
                }
            }
        }
    }

    private void requireRight(TestDomain vm, int job) {
        try (Connection next = vm.reconnect()) {
            Domain domain = next.domain("vm");
            assertThat(domain.uuid()).isEqualTo(vm.domain().uuid());
            assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
            assertThat(next.list(Set.of())).hasSize(1);
            assertThat(domain.checkpoint("two").parent()).contains("one");
            assertThat(domain.backupJob(job).state()).isEqualTo(JobState.CANCELLED);
            assertThat(domain.backupJob(job).error()).isPresent();
        }
    }

    @Test
    void theRecordOfALivingQemuIsNotTakenForLost() throws IOException {
        try (var vm = TestDomain.in(dir).start()) {
            Path file = vm.root().folder("vm").runFile();
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, new byte[0]);
            Refusals.assertRefused(ErrorCode.SYSTEM_ERROR, vm.domain()::suspend).hasMessageContaining("live.json");
            Files.write(file, whole);
        }
    }

    @Test
    void aTransientDomainEndsWithItsHost() throws IOException {
        try (var vm = TestDomain.in(dir).start()) {
            vm.domain().undefine(Set.of());
            killAll(vm);
            Damage.HALF.on(vm.root().folder("vm").runFile());
            try (Connection next = vm.reconnect()) {
                assertThat(next.list(Set.of())).isEmpty();
            }
            assertThat(vm.root().folder("vm").path()).doesNotExist();
            assertThat(vm.events()).endsWith("STOPPED failed");
        }
    }

    /// Its last record may be lost then, but not the one before.
    @Test
    void aPullThatWasToldToRunEndsWithItsHost() throws IOException {
        try (var before = TestDomain.in(dir).define()) {
            var files = new LossyFiles(Integer.MAX_VALUE);
            int job;
            try (Connection connection = before.reconnect(files)) {
                connection.domain("vm").start(Set.of());
                job = connection.domain("vm").backupBegin(BackupXml.read(pullXml()), Optional.empty(), Set.of());
            }
            killAll(before);
            files.crash();
            files.loseWhatDidNotLast(() -> 0); // all of it
            Path record = before.root().folder("vm").jobs().resolve(job + ".json");
            assertThat(record).content().contains("\"phase\":\"PREPARING\"");
            try (Connection next = before.reconnect()) {
                BackupJob ended = next.domain("vm").backupJob(job);
                assertThat(next.domain("vm").state()).isEqualTo(DomainState.SHUTOFF);
                assertThat(ended.state()).isEqualTo(JobState.CANCELLED);
                assertThat(ended.error()).isPresent();
            }
            assertThat(dir.toFile().list()).noneMatch(name -> name.matches(".*\\.[0-9]{10}")); // scratch
        }
    }

    /// What was told to be done, is done; the rest is as before, or done, or undone, and all goes on.
    @Test
    void whatWasToldBeforeItCrashedHolds() throws IOException {
        long seed = Long.getLong("virtkeep.crash.seed", System.nanoTime());
        System.out.println("HostCrashIT: -Dvirtkeep.crash.seed=" + seed);
        var random = new Random(seed);
        Path counted = Files.createDirectory(dir.resolve("counted"));
        int steps = crash(counted, Integer.MAX_VALUE, random);
        for (int trial = 0; trial < TRIALS; trial++) {
            int at = 1 + random.nextInt(steps);
            try {
                crash(Files.createDirectory(dir.resolve("t" + trial)), at, random);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed %d, crash at step %d of %d: %s".formatted(seed, at, steps, e), e);
            }
        }
    }

    /// What callers were told.
    private static final class Told {
        private final Set<String> checkpoints = new HashSet<>();
        private final TreeMap<Integer, JobState> jobs = new TreeMap<>();
        private boolean destroyed;
    }

    private int crash(Path where, int at, Random random) throws IOException {
        try (var before = TestDomain.in(where).define()) {
            var files = new LossyFiles(at);
            var told = new Told();
            try (Connection connection = before.reconnect(files)) {
                work(connection.domain("vm"), where, told);
            } catch (VirtException | IllegalStateException e) {
                assertThat(files.hasCrashed()).as(e.toString()).isTrue();
            }
            files.crash();
            killAll(before);
            files.loseWhatDidNotLast(random);
            judge(before, told);
            return files.steps();
        }
    }

    private static void work(Domain domain, Path where, Told told) {
        domain.start(Set.of());
        domain.checkpointCreate(DoomedCommand.checkpoint("one").orElseThrow(), Set.of());
        told.checkpoints.add("one");
        domain.suspend();
        int pull = domain.backupBegin(
                BackupXml.read(DoomedCommand.pullXml(where, "one")), DoomedCommand.checkpoint("two"), Set.of());
        told.checkpoints.add("two");
        told.jobs.put(pull, JobState.CANCELLED);
        domain.resume();
        domain.backupEnd(pull, Set.of());
        told.jobs.put(pull, JobState.COMPLETED);
        told.checkpoints.remove("one"); // it is there or not until its deletion has ended
        domain.checkpoint("one").delete(Set.of());
        domain.destroy();
        told.destroyed = true;
        domain.start(Set.of());
        told.destroyed = false;
        domain.destroy();
        told.destroyed = true;
    }

    private static void judge(TestDomain vm, Told told) {
        try (Connection next = vm.reconnect()) {
            Domain domain = next.domain("vm");
            assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
            List<String> known =
                    domain.checkpoints().stream().map(Checkpoint::name).toList();
            assertThat(known).containsAll(told.checkpoints);
            told.jobs.forEach(
                    (id, state) -> assertThat(domain.backupJob(id).state()).isIn(state, JobState.COMPLETED));
            assertThat(domain.backupJobs()).allMatch(job -> job.state().hasEnded());
            domain.start(Set.of());
            int id = domain.backupBegin(
                    BackupXml.read(
                            DoomedCommand.pullXml(vm.directory(), "").replace("<incremental></incremental>", "")),
                    Optional.empty(),
                    Set.of());
            assertThat(told.jobs.keySet()).doesNotContain(id);
            domain.backupEnd(id, Set.of());
            domain.destroy();
            assertThat(next.domain("vm").backupJobs().stream().map(BackupJob::id))
                    .contains(id);
        }
    }

    private String pullXml() {
        return "<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>"
                .formatted(dir.resolve("pull.sock"));
    }

    /// Ends what a crash of the host ends: keepers first, so that they tell nothing of QEMU's end.
    private static void killAll(TestDomain vm) {
        Traces.keepers(vm).forEach(keeper -> keeper.signal("KILL"));
        Path socket = vm.root().folder("vm").socket("qmp0.sock");
        QemuProcess.toldToListenOn(socket).forEach(QemuProcess::kill);
    }
}
