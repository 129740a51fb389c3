package org.virtkeep.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.TinyTmpfs;
import org.virtkeep.testkit.Tools;

/// Measures what a writing guest notices of backups, in good times and bad, and prints the table of
/// `docs/guest-impact.md`. It proves nothing and takes minutes, so it is no part of the tests; `bench/guest-stall` runs
/// it.
class GuestImpactMeasurement {
    private static final int ROUNDS = Integer.getInteger("virtkeep.rounds", 5);
    private static final Duration WINDOW = Duration.ofSeconds(3);
    private static final int RECORDS_BEFORE = 2500;
    private static final long SMALL = 4L << 20;
    private static final long PLENTY = 160L << 20;

    @TempDir
    Path dir;

    private GuestFirst first;
    private GuestImpact impact;

    @Test
    void measure() throws IOException {
        Tools.require("nbdcopy", "nbdkit", "nbdfuse");
        var builder = GuestDomain.in(dir)
                .disk("vda", Images.qcow2(dir.resolve("vda.qcow2"), "64M"))
                .disk("vdb", Images.qcow2(dir.resolve("vdb.qcow2"), "64M"));
        first = GuestFirst.boot(builder);
        try (var measured = first;
                var running = new GuestImpact(measured.guest())) {
            impact = running;
            measured.guest().awaitWrites(RECORDS_BEFORE);
            for (int round = 1; round <= ROUNDS; round++) {
                impact.during("no backup", this::waitAWhile);
                pull();
                push(round);
                slowPush(PushPath.DIRECT);
                slowPush(PushPath.FLEECED);
                clientThatStalls();
                keeperKilled();
                scratchFull();
                targetFull();
            }
        }
        Path result = Path.of(System.getProperty("virtkeep.home", "."), "qemu/target/guest-impact.md");
        Files.writeString(result, impact.table());
        System.out.println(impact.table());
    }

    private void pull() {
        int[] id = new int[1];
        impact.during("pull: begin", () -> id[0] = first.bench().pull("", ""));
        impact.during("pull: just begun, nobody reads", this::waitAWhile);
        impact.during("pull: nbdcopy reads all", () -> {
            first.bench().copy("vda", "vda.copy");
            first.bench().copy("vdb", "vdb.copy");
        });
        impact.during("pull: end", () -> end(id[0]));
    }

    private void push(int round) {
        int[] id = new int[1];
        impact.during("push, direct: begin", () -> id[0] = first.bench().push("", "", "push" + round));
        impact.during("push, direct: from begin to its end", () -> first.bench().requireCompleted(id[0]));
        int since = first.bench().push("base", "", "since" + round);
        impact.during(
                "push, incremental: from begin to its end", () -> first.bench().requireCompleted(since));
    }

    /// To a raw file on a file system that takes 20 ms for each request.
    private void slowPush(PushPath path) {
        try {
            Path folder = Files.createTempDirectory(dir, "slow");
            Path target = folder.resolve("target");
            var server = List.of(
                    "nbdfuse",
                    target.toString(),
                    "--command",
                    "nbdkit",
                    "-s",
                    "--filter=delay",
                    "memory",
                    "64M",
                    "delay-write=20ms");
            try (var fuse = ChildProcess.start("nbdfuse", server)) {
                Await.until("the slow file", GuestDomain.WRITE_LIMIT, () -> Files.exists(target));
                String name = path.name().toLowerCase(java.util.Locale.ROOT);
                int[] id = new int[1];
                impact.during("push to a slow target, " + name, () -> {
                    id[0] = beginSlow(target, path);
                    first.bench().await(id[0]);
                });
                fuse.terminate();
            } finally {
                Shell.run("sh", "-c", "umount -l '%s' 2>&1 || true".formatted(folder));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private int beginSlow(Path target, PushPath path) {
        String xml = """
                <domainbackup mode='push'><disks>
                  <disk name='vda' type='file'><driver type='raw'/><target file='%s'/></disk>
                  <disk name='vdb' backup='no'/>
                </disks></domainbackup>
                """.formatted(target);
        return first.guest()
                .domainWith(new BackupSettings(Duration.ZERO, path))
                .backupBegin(BackupXml.read(xml), Optional.empty(), Set.of(BackupBeginFlag.REUSE_EXTERNAL));
    }

    private void clientThatStalls() {
        int id = first.bench().pull("", "");
        try (var _ = StallingClient.connect(first.bench().socket(), "vda")) {
            impact.during("client that reads no replies: a checkpoint, then the end", () -> {
                var checkpoint = CheckpointXml.read("<domaincheckpoint><name>stall</name></domaincheckpoint>");
                first.guest().domain().checkpointCreate(checkpoint, Set.of());
                first.guest().domain().checkpoint("stall").delete(Set.of());
                end(id);
            });
        }
    }

    private void keeperKilled() {
        int id = first.bench().pull("", "");
        impact.during("keeper killed, and the next command", () -> {
            new RunningJob(first.guest().vm(), id).killKeeper();
            first.guest().domain().backupJobs();
        });
        end(id);
    }

    private void scratchFull() {
        try (var scratch = TinyTmpfs.mount(dir, "scratch", SMALL)) {
            impact.during("scratch fills by the guest's writes", () -> {
                first.bench().await(first.pull(scratch.folder()));
            });
        }
        deleteMountPoint("scratch");
        try (var scratch = TinyTmpfs.mount(dir, "scratch", PLENTY)) {
            int id = first.pull(scratch.folder());
            var job = new RunningJob(first.guest().vm(), id);
            job.stopKeeper();
            impact.during("scratch full at once, guest paused, from when the keeper may look", () -> {
                GuestFirst.fill(scratch);
                Await.until("a paused guest", GuestDomain.WRITE_LIMIT, impact::isPaused);
                job.continueKeeper();
                first.bench().await(id);
            });
        }
        deleteMountPoint("scratch");
    }

    private void targetFull() {
        try (var target = TinyTmpfs.mount(dir, "target", SMALL)) {
            impact.during("target of a direct push fills", () -> {
                first.bench().await(first.push(target.folder(), PushPath.DIRECT));
            });
        }
        deleteMountPoint("target");
    }

    private void deleteMountPoint(String name) {
        try {
            Files.delete(dir.resolve(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void end(int id) {
        first.guest().domain().backupEnd(id, Set.<BackupEndFlag>of());
    }

    private void waitAWhile() {
        long until = System.nanoTime() + WINDOW.toNanos();
        Await.until("the end of a window", WINDOW.multipliedBy(10), () -> System.nanoTime() > until);
    }
}
