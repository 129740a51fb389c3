package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tools;

/// A target that breaks in the middle of a direct push. The guest of a domain that we have
/// started notices nothing: its disks have QEMU's error policy `stop`, unless the definition says otherwise.
@Tag("qemu")
class BrokenStorageIT {
    @TempDir
    Path dir;

    @Test
    void endsTheDirectPushWhoseTargetBreaks() throws IOException {
        Tools.require("nbdkit", "nbdfuse");
        Path target = Files.createDirectory(dir.resolve("fuse")).resolve("target");
        Path broken = dir.resolve("broken");
        try (var fuse = ChildProcess.start("nbdfuse", breakable(target, broken));
                var guest = GuestDomain.in(dir).disk("vda", image()).start();
                var bench = new BackupBench(guest.vm())) {
            if (!Files.exists(target)) {
                Tools.skip("no FUSE file system can be mounted here: " + fuse.tail());
            }
            guest.awaitWrites(300);
            int id = guest.domainWith(new BackupSettings(Duration.ZERO, PushPath.DIRECT))
                    .backupBegin(BackupXml.read(request(target)), Optional.empty(), reuse());
            Files.createFile(broken);
            assertThat(bench.await(id).state()).isEqualTo(JobState.FAILED);
            guest.requireUnharmed();
            fuse.terminate();
        } finally {
            Shell.run("sh", "-c", "umount -l '%s' 2>&1 || true".formatted(target.getParent()));
        }
    }

    private Path image() {
        return Images.qcow2(dir.resolve("vda.qcow2"), "32M");
    }

    private static Set<BackupBeginFlag> reuse() {
        return Set.of(BackupBeginFlag.REUSE_EXTERNAL);
    }

    private static String request(Path target) {
        return """
                <domainbackup mode='push'><disks>
                  <disk name='vda' type='file'><driver type='raw'/><target file='%s'/></disk>
                </disks></domainbackup>
                """.formatted(target);
    }

    /// A file that takes a tenth of a second for each write, and refuses all once `broken` exists.
    private static List<String> breakable(Path target, Path broken) {
        return List.of(
                "nbdfuse",
                target.toString(),
                "--command",
                "nbdkit",
                "-s",
                "--filter=error",
                "--filter=delay",
                "memory",
                "32M",
                "delay-write=100ms",
                "error=EIO",
                "error-pwrite-rate=100%",
                "error-file=" + broken);
    }
}
