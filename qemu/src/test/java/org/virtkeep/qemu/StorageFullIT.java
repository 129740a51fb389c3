package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.DomainState;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;
import org.virtkeep.testkit.TinyTmpfs;

/// Storage that runs full under a running backup while a real guest writes: the backup fails, the guest's writes do
/// not.
@Tag("qemu")
class StorageFullIT {
    private static final long SMALL = 6L << 20;
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
        try (var scratch = TinyTmpfs.mount(dir, "scratch", SMALL)) {
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
    void endsTheDirectPushWhoseTargetFills() {
        try (var target = TinyTmpfs.mount(dir, "target", SMALL)) {
            int id = first.push(target.folder(), PushPath.DIRECT);
            first.requireFailedWithoutHarm(id, target.folder().toString());
            GuestFirst.requireOnly(target.folder());
        }
    }

    @Test
    void endsTheFleecedPushWhoseTargetFills() {
        try (var target = TinyTmpfs.mount(dir, "target", SMALL)) {
            int id = first.push(target.folder(), PushPath.FLEECED);
            first.requireFailedWithoutHarm(id, target.folder().toString());
            GuestFirst.requireOnly(target.folder());
        }
    }
}
