package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.nbd.NbdException;
import org.virtkeep.nbd.UpstreamReader;
import org.virtkeep.testkit.Tools;

/// A program that reads a pull's disks from QEMU itself sees the instant; and if it stops reading, it goes, and not the
/// guest.
@Tag("qemu")
class DirectReaderIT {
    @TempDir
    Path dir;

    @Test
    void readsTheInstantAndIsCounted() throws Exception {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 48M");
            int id = bench.pull("", "");
            vm.write("vda", "write -P 0x22 1M 8M");
            try (BackupUpstream upstream = BackupUpstream.open(vm.domain(), id).orElseThrow();
                    UpstreamReader reader =
                            DirectReading.connect(upstream.disks().getFirst())) {
                byte[] read = DirectReading.readAll(upstream, reader);
                assertThat(read).isEqualTo(Files.readAllBytes(bench.copy("vda", "copy")));
                assertThat(read[1 << 20]).isEqualTo((byte) 0x11);
            }
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            BackupJob.Disk disk = vm.domain().backupJob(id).disks().getFirst();
            assertThat(disk.processed()).isGreaterThanOrEqualTo(64 << 20);
            assertThat(BackupUpstream.open(vm.domain(), id))
                    .as("of an ended job")
                    .isEmpty();
        }
    }

    @Test
    void oneThatIsStoppedIsKilledSoThatTheJobCanEnd() {
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 48M");
            int id = bench.pull("", "");
            try (var child = start(vm, id)) {
                assertThat(BackupUpstream.open(vm.domain(), id))
                        .as("a second reader")
                        .isEmpty();
                TestSignals.send("STOP", child.pid());
                assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
                child.awaitExit();
            }
            requireUnharmed(vm, bench);
        }
    }

    @Test
    void oneThatStaysStoppedIsKilledByTheKeeper() {
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 48M");
            int id = bench.pull("", "");
            try (var child = start(vm, id)) {
                TestSignals.send("STOP", child.pid());
                child.awaitExit();
                BackupJob job = bench.await(id);
                assertThat(job.state()).isEqualTo(JobState.FAILED);
                assertThat(job.error().orElseThrow())
                        .contains("process " + child.pid())
                        .contains("was stopped for " + Duration.ofSeconds(5).toSeconds() + " s");
            }
            requireUnharmed(vm, bench);
        }
    }

    @Test
    void oneThatDiesLeavesTheJobToTheServer() throws NbdException {
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 48M");
            int id = bench.pull("", "");
            try (var child = start(vm, id)) {
                child.kill();
            }
            try (BackupUpstream upstream = BackupUpstream.open(vm.domain(), id).orElseThrow();
                    UpstreamReader reader =
                            DirectReading.connect(upstream.disks().getFirst())) {
                assertThat(DirectReading.readAll(upstream, reader)[0]).isEqualTo((byte) 0x11);
            }
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        }
    }

    private static JavaChild start(TestDomain vm, int job) {
        var child = JavaChild.start(DirectReading.class, vm.root().dir().toString(), Integer.toString(job));
        assertThat(child.awaitLine()).isEqualTo("read");
        return child;
    }

    private static void requireUnharmed(TestDomain vm, BackupBench bench) {
        vm.write("vda", "write -P 0x33 0 1M");
        assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
        int next = bench.pull("", "");
        assertThat(vm.domain().backupEnd(next, Set.of())).isEqualTo(BackupEnd.COMPLETED);
    }
}
