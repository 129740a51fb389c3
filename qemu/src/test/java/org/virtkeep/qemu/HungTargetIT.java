package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.qmp.QueryJobs;
import org.virtkeep.qmp.SetJobSpeed;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Tools;

/// A push whose target's storage hangs: it cannot be taken down before the storage answers, and meanwhile other calls
/// on the domain do not wait for it.
@Tag("qemu")
class HungTargetIT {
    private static final Duration MOUNT_LIMIT = Duration.ofSeconds(10);

    @TempDir
    Path dir;

    @Test
    void anAbortThatWaitsForItsTargetHoldsUpNobody() throws IOException {
        Tools.require("nbdkit", "nbdfuse");
        Path target = Files.createDirectory(dir.resolve("fuse")).resolve("target");
        Path control = dir.resolve("control");
        var slow = new boolean[] {true};
        try (var fuse = ChildProcess.start("nbdfuse", pausable(target, control));
                var vm = TestDomain.in(dir)
                        .monitors(real -> slow[0] ? new SlowCopies(real) : real)
                        .start();
                var bench = new BackupBench(vm)) {
            if (!appears(target)) {
                Tools.skip("no FUSE file system can be mounted here: " + fuse.tail());
            }
            vm.write("vda", "write -P 0x11 0 32M");
            int id = begin(bench, target);
            slow[0] = false;
            tell(control, "p");
            hurry(vm);
            var abort = CompletableFuture.supplyAsync(() -> bench.domain().backupEnd(id, Set.of(BackupEndFlag.ABORT)));
            var job = new RunningJob(vm, id);
            job.awaitPhase("ENDING");
            assertThat(vm.domain().backupJob(id).state()).isEqualTo(JobState.CANCELLED);
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
            assertThat(job.phase()).isEqualTo("ENDING");
            tell(control, "r");
            assertThat(abort.join()).isEqualTo(BackupEnd.ABORTED);
            assertThat(job.phase()).isEqualTo("ENDED");
            fuse.terminate();
        } finally {
            Shell.run("sh", "-c", "umount -l '%s' 2>&1 || true".formatted(target.getParent()));
        }
    }

    private static boolean appears(Path target) {
        try {
            Await.until("the mount", MOUNT_LIMIT, () -> Files.exists(target));
            return true;
        } catch (AssertionError _) {
            return false;
        }
    }

    private static int begin(BackupBench bench, Path target) {
        return bench.begin("""
                <domainbackup mode='push'><disks>
                  <disk name='vda' type='file'><driver type='raw'/><target file='%s'/></disk>
                </disks></domainbackup>
                """.formatted(target), "", BackupBeginFlag.REUSE_EXTERNAL);
    }

    /// Lets QEMU write to the target as fast as it can, so that it waits for it.
    private static void hurry(TestDomain vm) {
        try (var session = vm.session()) {
            session.execute(new QueryJobs()).forEach(job -> session.execute(new SetJobSpeed(job.id(), 0)));
        }
    }

    /// `p` makes the target hang, `r` lets it go on; the answer is the capital letter.
    private static void tell(Path control, String command) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(control))) {
            channel.write(ByteBuffer.wrap(command.getBytes(StandardCharsets.US_ASCII)));
            var answer = ByteBuffer.allocate(1);
            channel.read(answer);
            assertThat((char) answer.get(0)).isEqualTo(Character.toUpperCase(command.charAt(0)));
        }
    }

    private static List<String> pausable(Path target, Path control) {
        return List.of(
                "nbdfuse",
                target.toString(),
                "--command",
                "nbdkit",
                "-s",
                "--filter=pause",
                "memory",
                "64M",
                "pause-control=" + control);
    }
}
