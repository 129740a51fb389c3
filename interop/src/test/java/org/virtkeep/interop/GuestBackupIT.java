package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.GuestVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;
import org.virtkeep.testkit.VmDisk;

/// A Linux guest with an agent and a busy ext4 file system, backed up into a repository by `bin/virtkeep`; and another
/// Linux that works on the backup.
///
/// Whether a file system is frozen shows on the disk itself: ext4 takes its mark `needs_recovery` away when it is
/// frozen or unmounted, and sets it when it is thawed.
@Tag("interop")
class GuestBackupIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    /// Where ext4's superblock begins, and places in it (Linux, `fs/ext4/ext4.h`).
    private static final int SUPERBLOCK = 1024;

    private static final int MAGIC = 0x38;
    private static final int INCOMPATIBLE_FEATURES = 0x60;
    private static final int RECOVER = 4;

    @TempDir
    private Path dir;

    private Virtkeep virtkeep;
    private String repo;
    private Path disk;

    @BeforeEach
    void makesARepository() {
        Tools.require("qemu-system-x86_64", "qemu-img", "debugfs", "e2fsck");
        virtkeep = Virtkeep.on(dir.resolve("root"));
        repo = dir.resolve("repo").toString();
        virtkeep.run("repo", "init", repo);
        disk = Images.raw(dir.resolve("vda"), "64M");
    }

    private GuestVm boot(String name, VmDisk... disks) throws IOException {
        return GuestVm.in(Files.createDirectory(dir.resolve(name)))
                .disks(disks)
                .options("mode=idle")
                .fileSystem("vda")
                .agent()
                .start();
    }

    @Test
    void aFrozenFileSystemIsStoredAndAnotherGuestWorksOnItWhileItIsRestored() throws Exception {
        try (GuestVm guest = boot("vm", VmDisk.raw("vda", disk));
                MonitorRelay relay = MonitorRelay.start(
                        dir.resolve("relay"), guest.monitorSockets().getFirst(), "transaction")) {
            guest.awaitReady();
            assertThat(needsRecovery(disk)).as("it is in use").isTrue();
            String rescue = guest.monitorSockets().getLast().toString();
            virtkeep.run("attach", "linux", "--qmp", dir.resolve("relay").toString(), "--qmp", rescue);
            Await.until(
                    "the agent answers",
                    LIMIT,
                    () -> virtkeep.attempt("domtime", "linux").exitCode() == 0);
            aKilledBackupLeavesTheGuestThawed(relay);
            virtkeep.run("backup", "linux", "--quiesce", "--repo", repo);
            assertThat(needsRecovery(disk)).as("it is in use again").isTrue();
            guest.powerDown();
        }
        restoreWhileAGuestUsesThePoint();
    }

    /// The transaction that begins a backup is what comes after the freeze. It is swallowed, and the CLI is killed.
    private void aKilledBackupLeavesTheGuestThawed(MonitorRelay relay) throws Exception {
        try (ChildProcess backup = virtkeep.start("backup", "linux", "--quiesce", "--repo", repo)) {
            relay.awaitHeld(LIMIT);
            assertThat(needsRecovery(disk)).as("it is frozen").isFalse();
            backup.kill();
        }
        Await.until("the guest is thawed", LIMIT, () -> needsRecovery(disk));
        assertThat(virtkeep.json("list", "--repo", repo)).isEmpty();
    }

    private void restoreWhileAGuestUsesThePoint() throws Exception {
        String socket = dir.resolve("s").toString();
        Path restored = dir.resolve("restored");
        try (ChildProcess server = virtkeep.start(
                "serve",
                "linux",
                "--repo",
                repo,
                "--socket",
                socket,
                "--writable",
                dir.resolve("overlay").toString())) {
            server.awaitLine(0, LIMIT, line -> line.contains("nbd+unix:///vda?socket="));
            try (GuestVm second = bootFrom(socket);
                    ChildProcess restore = virtkeep.start(
                            "restore", "linux", "--repo", repo, "--to", restored.toString(), "--format", "raw")) {
                second.awaitReady();
                assertThat(restore.awaitExit(LIMIT)).isZero();
                second.powerDown();
            }
            Nbd.copy("nbd+unix:///vda?socket=" + socket, dir.resolve("used"));
        }
        Tool.Result check =
                Tool.attempt(List.of("e2fsck", "-p", dir.resolve("used").toString()));
        assertThat(check.exitCode())
                .as("the journal is replayed, and all is well: %s", check.output())
                .isLessThan(2);
        Path whole = restored.resolve("vda.raw");
        assertThat(needsRecovery(whole)).as("it was frozen").isFalse();
        assertThat(lines(whole)).isNotEmpty();
        assertThat(lines(dir.resolve("used")))
                .as("the second guest wrote on where the first was")
                .startsWith(lines(whole).toArray(String[]::new))
                .hasSizeGreaterThan(lines(whole).size());
    }

    private GuestVm bootFrom(String socket) throws IOException {
        return GuestVm.in(Files.createDirectory(dir.resolve("second")))
                .options("mode=idle")
                .fileSystem("vda")
                .arguments("-drive", "file=nbd+unix:///vda?socket=" + socket + ",format=raw,if=virtio")
                .start();
    }

    /// What the guest has written into its file system, a line a second.
    private static List<String> lines(Path disk) {
        return Tool.run("debugfs", "-R", "cat /journal", disk.toString())
                .lines()
                .filter(line -> line.startsWith("line "))
                .toList();
    }

    private static boolean needsRecovery(Path disk) {
        try (var file = new RandomAccessFile(disk.toFile(), "r")) {
            file.seek(SUPERBLOCK + MAGIC);
            assertThat(Short.toUnsignedInt(Short.reverseBytes(file.readShort())))
                    .as("ext4's magic")
                    .isEqualTo(0xEF53);
            file.seek(SUPERBLOCK + INCOMPATIBLE_FEATURES);
            return (Integer.reverseBytes(file.readInt()) & RECOVER) != 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
