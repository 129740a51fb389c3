package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;
import org.virtkeep.qemu.state.FaultyFiles;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.TinyTmpfs;

/// Storage that runs full under a running backup while a real guest writes: the backup fails, the guest's writes do
/// not.
@Tag("qemu")
class StorageFullIT {
    private static final long SMALL_TARGET = 6L << 20;
    private static final long SMALL_SCRATCH = 24L << 20;
    private static final long PLENTY = 96L << 20;

    private static GuestFirst first;

    @TempDir
    Path dir;

    @BeforeAll
    static void boot(@TempDir Path shared) {
        first = GuestFirst.boot(GuestDomain.in(shared));
    }

    @AfterAll
    static void end() {
        if (first != null) {
            first.close();
        }
    }

    @BeforeEach
    void remember() {
        first.remember();
    }

    @AfterEach
    void cleanUp() {
        first.cleanUp();
    }

    @Test
    void endsThePullWhenTheGuestsOwnWritesFillTheScratch() {
        try (var scratch = TinyTmpfs.mount(dir, "scratch", SMALL_SCRATCH)) {
            int id = first.pull(scratch.folder());
            first.requireFailedWithoutHarm(id, "scratch");
            GuestFirst.requireOnly(scratch.folder());
        }
    }

    @Test
    void endsThePullWhenSomethingElseTakesTheScratchsSpace() {
        try (var scratch = TinyTmpfs.mount(dir, "scratch", PLENTY)) {
            int id = first.pull(scratch.folder());
            GuestFirst.fill(scratch);
            first.requireFailedWithoutHarm(id, scratch.folder().toString());
            GuestFirst.requireOnly(scratch.folder(), "filler");
        }
    }

    @Test
    void freesAGuestThatQemuHasPaused() {
        try (var scratch = TinyTmpfs.mount(dir, "scratch", PLENTY)) {
            int id = first.pull(scratch.folder());
            var job = new RunningJob(first.guest().vm(), id);
            job.stopKeeper(); // so that nobody sees it coming
            GuestFirst.fill(scratch);
            first.awaitPausedByError();
            job.continueKeeper();
            first.requireFailedWithoutHarm(id, "QEMU paused the guest");
        }
    }

    @Test
    void freesAGuestThatQemuHasPausedThoughThereIsSpaceAgain() {
        try (var scratch = TinyTmpfs.mount(dir, "scratch", PLENTY)) {
            int id = first.pull(scratch.folder());
            var job = new RunningJob(first.guest().vm(), id);
            job.stopKeeper();
            GuestFirst.fill(scratch);
            first.awaitPausedByError();
            scratch.drain();
            job.continueKeeper();
            first.requireFailedWithoutHarm(id, "QEMU paused the guest");
        }
    }

    @Test
    void theNextCommandFreesAGuestWhoseKeeperDied() {
        try (var scratch = TinyTmpfs.mount(dir, "scratch", PLENTY)) {
            int id = first.pull(scratch.folder());
            new RunningJob(first.guest().vm(), id).killKeeper();
            GuestFirst.fill(scratch);
            first.awaitPausedByError();
            assertThat(first.guest().domain().state()).isEqualTo(DomainState.RUNNING);
            first.requireFailedWithoutHarm(id, "QEMU paused the guest");
        }
    }

    @Test
    void freesAGuestThatQemuPausesWhileThePullIsEnded() {
        try (var scratch = TinyTmpfs.mount(dir, "scratch", PLENTY)) {
            int id = first.pull(scratch.folder());
            var job = new RunningJob(first.guest().vm(), id);
            job.stopKeeper(); // so that the end takes seconds
            var end = CompletableFuture.supplyAsync(() -> first.guest().domain().backupEnd(id, Set.of()));
            job.awaitPhase("ENDING");
            GuestFirst.fill(scratch);
            assertThat(end.join()).isEqualTo(BackupEnd.COMPLETED);
            first.requireNoHarm();
        }
    }

    @Test
    void freesAGuestWhileThePullIsBegun() {
        try (var scratch = TinyTmpfs.mount(dir, "scratch", PLENTY)) {
            var slow = new FaultyFiles(step -> {
                if (step.equals("move to late.xml")) { // the instant is reached
                    GuestFirst.fill(scratch);
                    first.awaitNoBlockJobs();
                }
            });
            assertRefused(ErrorCode.OPERATION_FAILED, () -> first.pull(scratch.folder(), slow, "late"))
                    .hasMessageContaining(scratch.folder().toString());
            first.requireNoHarm();
            GuestFirst.requireOnly(scratch.folder(), "filler");
        }
    }

    @Test
    void endsTheDirectPushWhoseTargetFills() {
        try (var target = TinyTmpfs.mount(dir, "target", SMALL_TARGET)) {
            int id = first.push(target.folder(), PushPath.DIRECT);
            first.requireFailedWithoutHarm(id, target.folder().toString());
            GuestFirst.requireOnly(target.folder());
        }
    }

    @Test
    void endsTheFleecedPushWhoseTargetFills() {
        try (var target = TinyTmpfs.mount(dir, "target", SMALL_TARGET)) {
            int id = first.push(target.folder(), PushPath.FLEECED);
            first.requireFailedWithoutHarm(id, target.folder().toString());
            GuestFirst.requireOnly(target.folder());
        }
    }

    @Test
    void ofTwoPullsOnlyTheOneWhoseScratchIsFullIsGivenUp() throws IOException {
        Path roomy = Files.createDirectory(dir.resolve("roomy"));
        try (var scratch = TinyTmpfs.mount(dir, "scratch", PLENTY)) {
            int doomed = first.pull(scratch.folder());
            int healthy = first.pullBeside(roomy, "healthy");
            var keepers = Stream.of(doomed, healthy)
                    .map(id -> new RunningJob(first.guest().vm(), id))
                    .toList();
            keepers.forEach(RunningJob::stopKeeper);
            GuestFirst.fill(scratch);
            first.awaitPausedByError();
            keepers.reversed().forEach(RunningJob::continueKeeper);
            assertThat(first.bench().await(doomed).error().orElseThrow()).contains("QEMU paused the guest");
            assertThat(first.guest().domain().backupJob(healthy).state()).isEqualTo(JobState.RUNNING);
            assertThat(first.guest().domain().backupEnd(healthy, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            first.requireFailedWithoutHarm(doomed, "QEMU paused the guest");
        }
    }

    @Test
    void oneTargetThatFillsLeavesTheOtherDisksCopy() throws IOException {
        Path roomy = Files.createDirectory(dir.resolve("roomy"));
        try (var target = TinyTmpfs.mount(dir, "target", SMALL_TARGET)) {
            int id = first.push(disk -> disk.equals("vda") ? roomy : target.folder(), PushPath.DIRECT);
            BackupJob job = first.bench().await(id);
            assertThat(job.disks())
                    .as(job.toString())
                    .extracting(BackupJob.Disk::state)
                    .containsExactly(JobState.COMPLETED, JobState.FAILED);
            first.requireFailedWithoutHarm(id, target.folder().toString());
            GuestFirst.requireOnly(target.folder());
            GuestFirst.requireOnly(roomy, "vda");
            Images.requireClean(roomy.resolve("vda"));
        }
    }
}
