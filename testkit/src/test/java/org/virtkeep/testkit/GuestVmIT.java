package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("qemu")
class GuestVmIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void writesPausesAndPowersDownWithWhatTheJudgeFindsRight() {
        Path a = Images.qcow2(directory.resolve("a.qcow2"), "32M");
        Path b = Images.raw(directory.resolve("b.raw"), "32M");
        long last;
        try (var vm = GuestVm.in(directory)
                .disks(VmDisk.qcow2("vda", a), VmDisk.raw("sda", b).on(Bus.SCSI))
                .options("zero=100", "discard=100", "rate=300")
                .start()) {
            assertThat(vm.awaitReady()).isZero();
            vm.console().awaitSequence(200, LIMIT);
            last = vm.pauseWriter();
            vm.monitor().execute("stop");
            assertThat(judge(a, b)).isEqualTo(last);
            vm.monitor().execute("cont");
            vm.continueWriter();
            vm.requireWritesGoOn(LIMIT);
            assertThat(vm.writeErrors()).isZero();
            assertThat(vm.longestStall()).isPositive();
            vm.powerDown();
        }
        assertThat(judge(a, b)).isGreaterThan(last);
    }

    @Test
    void goesOnWithItsRunAfterQemuWasKilled() {
        Path a = Images.qcow2(directory.resolve("a.qcow2"), "16M");
        Path b = Images.qcow2(directory.resolve("b.qcow2"), "16M");
        try (var vm = builder(a, b).start()) {
            vm.awaitReady();
            vm.console().awaitSequence(100, LIMIT);
            vm.kill();
        }
        long atCrash = judge(a, b);
        assertThat(atCrash).isGreaterThanOrEqualTo(100);
        try (var vm = builder(a, b).options("start=resume").start()) {
            assertThat(vm.awaitReady()).isEqualTo(atCrash);
            vm.requireWritesGoOn(LIMIT);
        }
    }

    @Test
    void tellsOfAWriteErrorAndWritesTheRecordAgain() {
        Path a = Images.raw(directory.resolve("a.raw"), "16M");
        var once = Json.object("event", "pwritev", "iotype", "write", "sector", 16_384, "errno", 5, "once", true);
        var file = Json.object("driver", "file", "filename", a.toString());
        var image = Json.object("driver", "raw", "file", file);
        var node = Json.object("driver", "blkdebug", "node-name", "vda", "image", image, "inject-error", List.of(once));
        try (var vm = GuestVm.in(directory)
                .arguments("-blockdev", node.toString())
                .arguments("-device", "virtio-blk-pci,drive=vda,id=vda,werror=report")
                .writeTo("vda")
                .start()) {
            vm.awaitReady();
            vm.console().await(0, LIMIT, message -> message.startsWith("write-error errno=5 "));
            vm.requireWritesGoOn(LIMIT);
            assertThat(vm.writeErrors()).isEqualTo(1);
            vm.pauseWriter();
        }
        assertThat(Judge.judge(a).isRight()).isTrue();
    }

    @Test
    void theAgentFreezesTheFileSystemWhileTheWriterGoesOn() throws IOException {
        Path a = Images.qcow2(directory.resolve("a.qcow2"), "16M");
        Path b = Images.qcow2(directory.resolve("b.qcow2"), "16M");
        try (var vm = builder(a, b).writeTo("vda").fileSystem("vdb").agent().start()) {
            vm.awaitReady();
            try (var agent = SocketChannel.open(UnixDomainSocketAddress.of(vm.agentSocket()))) {
                assertThat(ask(agent, "guest-fsfreeze-freeze")).isEqualTo("{\"return\": 1}");
                vm.requireWritesGoOn(LIMIT);
                assertThat(ask(agent, "guest-fsfreeze-status")).isEqualTo("{\"return\": \"frozen\"}");
                assertThat(ask(agent, "guest-fsfreeze-thaw")).isEqualTo("{\"return\": 1}");
            }
            vm.powerDown();
        }
        Path raw = Images.convert(b, "qcow2", directory.resolve("fs"), "raw");
        assertThat(Tool.run("/sbin/dumpe2fs", "-h", raw.toString()))
                .contains("clean")
                .doesNotContain("needs_recovery");
    }

    private static String ask(SocketChannel agent, String command) throws IOException {
        agent.write(ByteBuffer.wrap(("{\"execute\":\"" + command + "\"}\n").getBytes(StandardCharsets.UTF_8)));
        var line = new StringBuilder();
        for (var one = ByteBuffer.allocate(1); line.indexOf("\n") < 0; one.clear()) {
            agent.read(one);
            line.append((char) one.get(0));
        }
        return line.toString().strip();
    }

    private static GuestVm.Builder builder(Path a, Path b) {
        return GuestVm.in(a.getParent()).disks(VmDisk.qcow2("vda", a), VmDisk.qcow2("vdb", b));
    }

    private long judge(Path a, Path b) {
        return Judge.requireRight(raw(a), raw(b));
    }

    private Path raw(Path image) {
        String format = Images.info(image).path("format").asText();
        return Images.convert(image, format, directory.resolve(image.getFileName() + ".copy"), "raw");
    }
}
