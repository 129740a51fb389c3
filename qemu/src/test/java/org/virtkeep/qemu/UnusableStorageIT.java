package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.BlockState;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Monitor;
import org.virtkeep.testkit.TinyTmpfs;
import org.virtkeep.testkit.Tools;

/// Targets and scratch that cannot be written: the begin is refused, and leaves QEMU and the storage as they were.
@Tag("qemu")
class UnusableStorageIT {
    private static final long SMALL = 8L << 20;

    @TempDir
    Path dir;

    private TestDomain vm;
    private BackupBench bench;

    @BeforeEach
    void start() {
        vm = TestDomain.in(dir).start();
        bench = new BackupBench(vm);
    }

    @AfterEach
    void end() {
        bench.close();
        vm.close();
    }

    @Test
    void aFileSystemThatIsReadOnlyIsRefused() {
        try (var storage = TinyTmpfs.mount(dir, "storage", SMALL)) {
            Shell.run("mount", "-o", "remount,ro", storage.folder().toString());
            requireRefused(
                    push(storage.folder().resolve("vda")), storage.folder().toString());
            requireRefused(
                    pull(storage.folder().resolve("vda")), storage.folder().toString());
            GuestFirst.requireOnly(storage.folder());
        }
    }

    @Test
    void aTargetOnAFullFileSystemIsRefused() {
        try (var storage = TinyTmpfs.mount(dir, "storage", SMALL)) {
            GuestFirst.fill(storage);
            requireRefused(
                    push(storage.folder().resolve("vda")), storage.folder().toString());
            GuestFirst.requireOnly(storage.folder(), "filler");
        }
    }

    @Test
    void scratchOnANearlyFullFileSystemIsRefused() {
        try (var storage = TinyTmpfs.mount(dir, "storage", SMALL)) {
            storage.fillUpTo(SMALL / 32);
            requireRefused(pull(storage.folder().resolve("vda")), "bytes left");
            GuestFirst.requireOnly(storage.folder(), "filler");
        }
    }

    @Test
    void aFolderThatIsMissingOrNoneIsRefused() throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        requireRefused(push(file.resolve("vda")), file.toString());
        requireRefused(pull(dir.resolve("missing").resolve("vda")), "missing");
        assertThat(file).isEmptyFile();
    }

    @Test
    void aBlockDeviceOfAnotherSizeIsRefused() {
        Tools.require("losetup");
        Path backing = Images.raw(dir.resolve("small"), "8M");
        String device = loopDevice(backing);
        try {
            String target = "<domainbackup><disks><disk name='vda' type='block'><driver type='raw'/><target dev='%s'/>"
                    + "</disk></disks></domainbackup>";
            requireRefused(target.formatted(device), ErrorCode.INVALID_ARG, "must be equal");
        } finally {
            Shell.run("losetup", "-d", device);
        }
    }

    private static String loopDevice(Path file) {
        try {
            return Shell.run("losetup", "--find", "--show", file.toString()).strip();
        } catch (AssertionError e) {
            Tools.skip("no loop device can be had here: " + e.getMessage());
            throw e;
        }
    }

    private String push(Path target) {
        return "<domainbackup><disks><disk name='vda' type='file'><target file='%s'/></disk></disks></domainbackup>"
                .formatted(target);
    }

    private String pull(Path scratch) {
        return """
                <domainbackup mode='pull'><server transport='unix' socket='%s'/><disks>
                  <disk name='vda' type='file'><scratch file='%s'/></disk>
                </disks></domainbackup>
                """.formatted(bench.socket(), scratch);
    }

    private void requireRefused(String request, String words) {
        requireRefused(request, ErrorCode.SYSTEM_ERROR, words);
    }

    private void requireRefused(String request, ErrorCode code, String words) {
        try (Monitor monitor = Monitor.connect(vm.run().watchMonitors().getLast())) {
            BlockState before = BlockState.capture(monitor);
            assertRefused(code, () -> vm.domain().backupBegin(BackupXml.read(request), Optional.empty(), Set.of()))
                    .hasMessageContaining(words);
            before.requireUnchanged(monitor);
        }
        assertThat(vm.domain().backupJobs()).isEmpty();
        assertThat(bench.socket()).doesNotExist();
    }
}
