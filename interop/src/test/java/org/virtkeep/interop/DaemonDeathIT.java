package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.GuestlessDomain.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// The daemon is killed in every phase of a backup, as virsh sees it: the guest lives, a backup that had
/// begun goes on without the daemon, and the next one knows how it stands.
@Tag("interop")
class DaemonDeathIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private Virtkeepd daemon;
    private GuestlessDomain domain;
    private Path socket;

    @BeforeEach
    void start() throws IOException {
        Tools.require("nbdcopy", "qemu-img");
        socket = dir.resolve("nbd");
        daemon = Virtkeepd.start(dir);
        domain = GuestlessDomain.start(daemon, dir, 1, "64M");
        domain.io("vda", "write -P 0x51 1M 40M");
    }

    @AfterEach
    void end() {
        assertThat(domain.status()).isEqualTo("running");
        domain.io("vda", "write -P 0x52 0 64k");
        domain.close();
        daemon.close();
    }

    private String document(String name, String xml) throws IOException {
        return Files.writeString(dir.resolve(name), xml).toString();
    }

    private String pull() throws IOException {
        return document(
                "pull.xml",
                "<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>".formatted(socket));
    }

    private String push(Path target) throws IOException {
        return document("push.xml", """
                <domainbackup><disks><disk name='vda' type='file'>
                <target file='%s'/><driver type='qcow2'/></disk></disks></domainbackup>""".formatted(target));
    }

    private String checkpoint(String name) throws IOException {
        return document(name + ".xml", "<domaincheckpoint><name>%s</name></domaincheckpoint>".formatted(name));
    }

    private boolean hasJob() {
        return run(daemon, "domjobinfo", "vm").contains("Backup");
    }

    private String expected() {
        domain.io("vda", "flush"); // else QEMU keeps what it knows of the image's layout
        return Images.convert(dir.resolve("vda.qcow2"), "qcow2", dir.resolve("expected"), "raw")
                .toString();
    }

    private String export() {
        return "nbd+unix:///vda?socket=" + socket;
    }

    /// Killed a little later each time, from before the call is read to after it was answered: a job
    /// with its checkpoint is there, or nothing of either.
    @Test
    void aBackupThatWasBeingBegunIsThereOrNot() throws IOException {
        int begun = 0;
        for (int round = 0; round < 5; round++) {
            String name = "c" + round;
            try (Virsh.Running call = daemon.virsh().start(List.of("backup-begin", "vm", pull(), checkpoint(name)))) {
                if (round == 4) {
                    call.end();
                }
                killAfter(80L * round);
                call.end();
            }
            daemon.restart();
            boolean hasCheckpoint =
                    run(daemon, "checkpoint-list", "vm", "--name").lines().anyMatch(name::equals);
            assertThat(hasJob()).as("job and checkpoint in round %d", round).isEqualTo(hasCheckpoint);
            if (hasCheckpoint) {
                begun++;
                Tool.run("nbdinfo", export());
                run(daemon, "domjobabort", "vm");
            }
            assertThat(hasJob()).isFalse();
        }
        assertThat(begun).as("backups that were begun in 5 rounds").isPositive();
    }

    /// Not a wait for something to have happened: any moment is a good one.
    private void killAfter(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        daemon.kill();
    }

    @Test
    void aPullGoesOnWithoutTheDaemonAndWithTheNext() throws IOException {
        run(daemon, "backup-begin", "vm", pull());
        domain.io("vda", "write -P 0x99 2M 1M"); // after the instant
        String before = dir.resolve("before").toString();
        Path during = dir.resolve("during");
        try (ChildProcess reader = ChildProcess.start("nbdcopy", List.of("nbdcopy", export(), during.toString()))) {
            daemon.kill();
            assertThat(reader.awaitExit(LIMIT)).as(reader.tail()).isZero();
        }
        Tool.run("nbdcopy", export(), before);
        daemon.restart();
        assertThat(hasJob()).isTrue();
        assertThat(run(daemon, "backup-dumpxml", "vm")).contains("exportname='vda'");
        Path after = dir.resolve("after");
        Tool.run("nbdcopy", export(), after.toString());
        run(daemon, "domjobabort", "vm");
        assertThat(run(daemon, "domjobinfo", "vm", "--completed", "--anystats")).contains("Completed");
        assertThat(Files.mismatch(Path.of(before), during)).isEqualTo(-1);
        assertThat(Files.mismatch(Path.of(before), after)).isEqualTo(-1);
        domain.io("vda", "write -P 0x51 2M 1M"); // as it was at the instant
        Images.requireSame(Path.of(expected()), "raw", after, "raw");
    }

    @Test
    void aPullThatWasBeingEndedEnds() throws IOException {
        for (int round = 0; round < 3; round++) {
            run(daemon, "backup-begin", "vm", pull());
            try (Virsh.Running call = daemon.virsh().start(List.of("domjobabort", "vm"))) {
                killAfter(60L * round);
                call.end();
            }
            daemon.restart();
            if (hasJob()) {
                Tool.run("nbdinfo", export());
                run(daemon, "domjobabort", "vm");
            }
            assertThat(run(daemon, "domjobinfo", "vm", "--completed", "--anystats"))
                    .contains("Completed");
            assertThat(socket).doesNotExist();
        }
    }

    @Test
    void aPushGoesOnAndItsEndIsTold() throws IOException {
        Path target = dir.resolve("push.qcow2");
        beginAndHold(target);
        daemon.kill();
        daemon.restart();
        assertThat(run(daemon, "domjobinfo", "vm")).contains("Backup");
        try (Virsh.Running listener = listening()) {
            daemon.kill();
            daemon.restart();
            listener.end(); // it has noticed
        }
        try (Virsh.Running listener = listening()) {
            Await.until("the end to be told", LIMIT, () -> {
                domain.hold(false);
                return listener.out().contains("job-completed");
            });
        }
        assertThat(hasJob()).isFalse();
        assertThat(run(daemon, "domjobinfo", "vm", "--completed", "--anystats")).contains("Completed");
        Images.requireSame(Path.of(expected()), "raw", target, "qcow2");
    }

    /// A push that has not copied all when its begin is answered, and does not go on. One that was too
    /// fast to be held is begun again.
    private void beginAndHold(Path target) throws IOException {
        for (int attempt = 0; attempt < 20; attempt++) {
            Files.deleteIfExists(target);
            try (Virsh.Running begin = daemon.virsh().start(List.of("backup-begin", "vm", push(target)))) {
                Await.until("the begin to end", LIMIT, () -> {
                    domain.hold(true);
                    return !begin.isAlive();
                });
                assertThat(begin.end().exitCode()).isZero();
            }
            if (domain.isHeld()) {
                return;
            }
            Await.until("the push to end", LIMIT, () -> {
                domain.hold(false); // it may have been about to be held
                return !hasJob();
            });
        }
        throw new AssertionError("no push could be held");
    }

    /// A client that hears what happens to the domain from now on.
    private Virsh.Running listening() {
        Virsh.Running listener = daemon.virsh().start(List.of("event", "--domain", "vm", "--all", "--loop"));
        Await.until("the listener to listen", LIMIT, () -> {
            run(daemon, "suspend", "vm");
            run(daemon, "resume", "vm");
            return listener.out().contains("Resumed");
        });
        return listener;
    }

    /// Nobody is there when it ends.
    @Test
    void aPushThatEndsWithoutTheDaemonIsCompleted() throws IOException {
        Path target = dir.resolve("push.qcow2");
        beginAndHold(target);
        daemon.kill();
        domain.awaitNoJobs();
        daemon.restart();
        assertThat(hasJob()).isFalse();
        assertThat(run(daemon, "domjobinfo", "vm", "--completed", "--anystats")).contains("Completed");
        Images.requireSame(Path.of(expected()), "raw", target, "qcow2");
    }
}
