package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.XmlFlag;
import org.virtkeep.api.Domain;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.session.Sessions;

/// Several calls as one operation.
@Tag("qemu")
class DomainTogetherIT {
    @TempDir
    private Path dir;

    private final AtomicInteger connections = new AtomicInteger();

    private TestDomain start() {
        return TestDomain.in(dir)
                .monitors(monitor -> {
                    connections.incrementAndGet();
                    return monitor;
                })
                .start();
    }

    private static boolean isFree(TestDomain vm, Duration limit) {
        var sessions = new Sessions(vm.root(), JobRecovery.NONE);
        var session = sessions.openIfFree("vm", "test", Deadline.in(limit));
        session.ifPresent(opened -> opened.close());
        return session.isPresent();
    }

    /// As isFree, but asked by another thread: the lock is not that of this one.
    private static boolean isFreeForOthers(TestDomain vm, Duration limit) throws InterruptedException {
        var free = new AtomicInteger();
        Thread other = Thread.ofPlatform().start(() -> free.set(isFree(vm, limit) ? 1 : 0));
        other.join();
        return free.get() == 1;
    }

    @Test
    void allCallsAreMadeInOneSessionAndOthersWait() throws Exception {
        try (var vm = start()) {
            Domain domain = vm.domain();
            int before = connections.get();
            int job = domain.together("test", () -> {
                assertThat(domain.runningBackupJobs()).isEmpty();
                assertThat(domain.xml()).contains("<name>vm</name>");
                assertThat(domain.blockInfo("vda").capacity()).isPositive();
                Checkpoint first = domain.checkpointCreate(CheckpointXml.read("<domaincheckpoint/>"), Set.of());
                assertThat(domain.checkpoints()).extracting(Checkpoint::name).containsExactly(first.name());
                assertThat(first.definition(Set.of(XmlFlag.SIZE)).disks()).isPresent();
                String pull = "<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>";
                int id = domain.backupBegin(
                        BackupXml.read(pull.formatted(dir.resolve("pull"))), Optional.empty(), Set.of());
                assertThat(domain.backupJob(id).state()).isEqualTo(JobState.RUNNING);
                assertThat(isFreeForOthers(vm, Duration.ofMillis(50))).isFalse();
                return id;
            });
            assertThat(connections.get() - before).isEqualTo(1);
            assertThat(isFreeForOthers(vm, Sessions.USUAL_LIMIT)).isTrue();
            domain.backupEnd(job, Set.of());
            domain.checkpoints().forEach(checkpoint -> checkpoint.delete(Set.of()));
            assertThat(connections.get() - before).isGreaterThan(2);
        }
    }

    @Test
    void whatTheTaskThrowsFreesTheDomain() throws Exception {
        try (var vm = start()) {
            Domain domain = vm.domain();
            assertThatThrownBy(() -> domain.together("test", () -> {
                        domain.runningBackupJobs();
                        throw new IOException("mine");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("mine");
            assertThat(isFreeForOthers(vm, Sessions.USUAL_LIMIT)).isTrue();
            List<Integer> nested = domain.together(
                    "outer",
                    () -> domain.together(
                            "inner", () -> List.of(domain.backupJobs().size())));
            assertThat(nested).containsExactly(0);
            assertThat(isFreeForOthers(vm, Sessions.USUAL_LIMIT)).isTrue();
        }
    }
}
