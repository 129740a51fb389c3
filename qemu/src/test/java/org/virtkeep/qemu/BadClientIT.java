package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.VirtException;
import org.virtkeep.nbd.NbdNegotiation;
import org.virtkeep.nbd.NbdSession;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Tools;

/// Clients of a pull that behave badly, and a QEMU that does not answer for a while: neither domain nor later backups
/// suffer, and no command waits for them.
@Tag("qemu")
class BadClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// Far below the limits after which a command gives up on a QEMU that hangs.
    private static final Duration QUICKLY = Duration.ofSeconds(12);

    @TempDir
    Path dir;

    @Test
    void aClientThatReadsNoRepliesHoldsNothingUp() {
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 48M");
            int id = bench.pull("", "c0");
            try (var _ = StallingClient.connect(bench.socket(), "vda");
                    var _ = StallingClient.connect(bench.socket(), "vda")) {
                quickly("write", () -> vm.write("vda", "write -P 0x22 0 1M"));
                quickly("checkpoint", () -> checkpoint(vm));
                quickly("suspend", () -> vm.domain().suspend());
                quickly("resume", () -> vm.domain().resume());
                quickly("look", () -> vm.domain().backupJobs());
                quickly(
                        "end",
                        () -> assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED));
            }
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
            requireNextPullRight(vm, bench);
        }
    }

    @Test
    void aDomainIsDestroyedThoughAClientReadsNoReplies() {
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 48M");
            int id = bench.pull("", "");
            try (var _ = StallingClient.connect(bench.socket(), "vda")) {
                quickly("destroy", () -> vm.domain().destroy());
            }
            assertThat(vm.domain().backupJob(id).state()).isEqualTo(JobState.CANCELLED);
            assertThat(Files.exists(bench.socket())).isFalse();
        }
    }

    @Test
    void aClientThatVanishesInTheMiddleMayComeBack() throws IOException {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 48M");
            int id = bench.pull("", "");
            for (int i = 0; i < 5; i++) {
                StallingClient.connect(bench.socket(), "vda").close();
                readSlowly(bench.socket(), 3);
            }
            vm.write("vda", "write -P 0x22 0 48M");
            requireFilledWith(bench.copy("vda", "copy"), 0x11);
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        }
    }

    @Test
    void aPullThatNobodyReadsIsGivenUpAndSaysWhy() {
        var settings = new BackupSettings(Duration.ofSeconds(1), PushPath.AUTO);
        try (var vm = TestDomain.in(dir).settings(settings).start();
                var bench = new BackupBench(vm)) {
            int id = bench.pull("", "c0");
            BackupJob job = bench.await(id);
            assertThat(job.state()).isEqualTo(JobState.FAILED);
            assertThat(job.error().orElseThrow()).contains("no NBD client was connected for 1 s;");
            assertThatThrownBy(() -> vm.domain().backupEnd(id, Set.of()))
                    .isInstanceOf(VirtException.class)
                    .hasMessageContaining("no NBD client was connected");
            assertThat(Files.exists(bench.socket())).isFalse();
            bench.requireCompleted(bench.push("c0", "", "next"));
        }
    }

    @Test
    void aSlowClientKeepsItsPull() throws IOException {
        var settings = new BackupSettings(Duration.ofSeconds(1), PushPath.AUTO);
        try (var vm = TestDomain.in(dir).settings(settings).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 8M");
            int id = bench.pull("", "");
            readSlowly(bench.socket(), 12);
            assertThat(vm.domain().backupJob(id).state()).isEqualTo(JobState.RUNNING);
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        }
    }

    @Test
    void aQemuThatStopsAnsweringForAWhileIsWaitedForOnlySoLong() throws IOException {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 48M");
            int id = bench.pull("", "c0");
            signalQemu(vm, "STOP");
            try {
                quickly(
                        "suspend",
                        () -> assertThatThrownBy(() -> vm.domain().suspend())
                                .isInstanceOf(VirtException.class)
                                .hasMessageContaining("vm"));
            } finally {
                signalQemu(vm, "CONT");
            }
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
            assertThat(vm.domain().backupJob(id).state()).isEqualTo(JobState.RUNNING);
            vm.write("vda", "write -P 0x22 0 48M");
            requireFilledWith(bench.copy("vda", "copy"), 0x11);
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            bench.requireCompleted(bench.push("c0", "", "next"));
        }
    }

    private static void signalQemu(TestDomain vm, String signal) {
        Shell.run("kill", "-" + signal, Long.toString(vm.process().pid()));
    }

    private static void quickly(String what, Runnable work) {
        long before = System.nanoTime();
        work.run();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).as(what).isLessThan(QUICKLY);
    }

    private static void checkpoint(TestDomain vm) {
        var definition = CheckpointXml.read("<domaincheckpoint><name>c1</name></domaincheckpoint>");
        vm.domain().checkpointCreate(definition, Set.of());
    }

    /// Reads so many pieces with a pause after each, in all longer than the idle limit of a test.
    private static void readSlowly(Path socket, int pieces) throws IOException {
        try (var negotiation = NbdNegotiation.connect(new NbdAddress.Unix(socket.toString()), Deadline.in(LIMIT));
                NbdSession session = negotiation.go("vda")) {
            for (int i = 0; i < pieces; i++) {
                session.read(
                        new ByteRange((long) i << 16, 1 << 16), ByteBuffer.allocateDirect(1 << 16), Deadline.in(LIMIT));
                long until = System.nanoTime() + Duration.ofMillis(200).toNanos();
                Await.until("the slow client's pause", LIMIT, () -> System.nanoTime() > until);
            }
        }
    }

    private static void requireNextPullRight(TestDomain vm, BackupBench bench) {
        Tools.require("nbdcopy");
        int id = bench.pull("", "");
        try {
            byte[] copy = Files.readAllBytes(bench.copy("vda", "next"));
            assertThat(copy[0]).isEqualTo((byte) 0x22);
            assertThat(copy[1 << 20]).isEqualTo((byte) 0x11);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
    }

    private static void requireFilledWith(Path copy, int pattern) throws IOException {
        byte[] bytes = Files.readAllBytes(copy);
        for (int i = 0; i < 48 << 20; i++) {
            if (bytes[i] != (byte) pattern) {
                throw new AssertionError("byte %d is %02x and not %02x".formatted(i, bytes[i], pattern));
            }
        }
    }
}
