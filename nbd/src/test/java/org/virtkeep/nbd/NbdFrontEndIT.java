package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// The relay in front of qemu-nbd with a bitmap: foreign clients see the same bytes and the same maps.
@Tag("interop")
class NbdFrontEndIT {
    private static final String VISIBLE = "qemu:dirty-bitmap:backup-vda";

    @TempDir
    Path directory;

    private Path image;

    @BeforeEach
    void makeAnImageWithABitmap() {
        Tools.require("nbdinfo", "nbdcopy", "qemu-img", "qemu-io", "qemu-nbd");
        Path base = Images.qcow2(directory.resolve("base.qcow2"), "256M");
        Images.io(base, "qcow2", "write -P 1 0 8M", "write -P 2 100M 3M");
        image = Images.overlay(directory.resolve("i.qcow2"), base, "qcow2");
        Tool.run("qemu-img", "bitmap", "--add", "-g", "64k", image.toString(), "vk3fa2-7");
        Images.io(image, "qcow2", "write -P 3 4M 1M", "write -z 6M 1M", "write -P 4 200M 77k", "discard 101M 1M");
    }

    @Test
    void copiesAndMapsAreTheSameAsOnTheUpstream() throws IOException {
        try (var upstream = qemuNbd();
                var relay = NbdFrontEnd.start(config(upstream), TestServer.deadline())) {
            String direct = NbdServerIT.uri(upstream.address(), "x");
            String relayed = NbdServerIT.uri(relay.address(), "vda");
            assertThat(map(relayed, "base:allocation")).isEqualTo(map(direct, "base:allocation"));
            assertThat(map(relayed, "qemu:allocation-depth")).isEqualTo(map(direct, "qemu:allocation-depth"));
            assertThat(map(relayed, VISIBLE))
                    .isEqualTo(map(direct, "qemu:dirty-bitmap:vk3fa2-7"))
                    .contains("dirty");
            assertThat(Tool.run("nbdinfo", "--list", relayed)).contains(VISIBLE).doesNotContain("vk3fa2-7");

            Path copy = directory.resolve("copy.raw");
            Tool.run("nbdcopy", relayed, copy.toString());
            Images.requireSame(image, "qcow2", copy, "raw");
            Path converted = directory.resolve("converted.qcow2");
            Tool.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", relayed, converted.toString());
            Images.requireSame(image, "qcow2", converted, "qcow2");
            Tool.run("qemu-img", "compare", "-U", "-f", "raw", "-F", "qcow2", relayed, image.toString());

            var progress = relay.progress().getFirst();
            assertThat(progress.failedRequests()).isZero();
            assertThat(progress.clientsLost()).isZero();
            assertThat(progress.failure()).isEmpty();
        }
    }

    @Test
    void qemuImgMapAsksTheUpstreamOnlyOnce() throws IOException {
        try (var upstream = qemuNbd();
                var relay = NbdFrontEnd.start(config(upstream), TestServer.deadline())) {
            String direct = NbdServerIT.uri(upstream.address(), "x");
            String relayed = NbdServerIT.uri(relay.address(), "vda");
            String expected = Tool.run("qemu-img", "map", "--output=json", "-f", "raw", direct);
            assertThat(Tool.run("qemu-img", "map", "--output=json", "-f", "raw", relayed))
                    .isEqualTo(expected);
        }
    }

    @Test
    void anUpstreamThatIsKilledFailsTheClientAndIsReported() throws IOException {
        try (var upstream = qemuNbd();
                var relay = NbdFrontEnd.start(config(upstream), TestServer.deadline())) {
            upstream.kill();
            assertThat(Tool.attempt("nbdcopy", NbdServerIT.uri(relay.address(), "vda"), "null:")
                            .exitCode())
                    .isNotZero();
            assertThat(relay.progress().getFirst().failure()).isPresent();
        }
    }

    @Test
    void anUpstreamThatIsSlowOrFailsIsPassedOnAsItIs() throws IOException {
        try (var upstream = NbdPeer.nbdkit(
                directory,
                "--filter=error",
                "--filter=delay",
                "--filter=blocksize-policy",
                "pattern",
                "16M",
                "blocksize-minimum=4096",
                "blocksize-maximum=1M",
                "blocksize-error-policy=error",
                "rdelay=1ms",
                "error-pread-rate=5%")) {
            var export = new RelayedExport("vda", upstream.socket(), "", Map.of(), true);
            try (var relay = NbdFrontEnd.start(config(export), TestServer.deadline())) {
                int failures = 0;
                try (var negotiation = NbdNegotiation.connect(relay.address(), TestServer.deadline());
                        var session = negotiation.go("vda")) {
                    for (int i = 0; i < 100; i++) {
                        failures += readFails(session, new ByteRange(i * 10_007L, 33_333)) ? 1 : 0;
                    }
                }
                assertThat(failures).isBetween(1, 60);
                assertThat(relay.progress().getFirst().failure()).isEmpty();
            }
        }
    }

    private static boolean readFails(NbdSession session, ByteRange range) throws NbdException {
        try {
            byte[] content = NbdServerTest.read(session, range);
            for (int i = 0; i < content.length; i++) {
                long at = range.offset() + i;
                assertThat(content[i]).isEqualTo((byte) (at / 8 * 8 >>> 8 * (7 - at % 8)));
            }
            return false;
        } catch (NbdException.Refused e) {
            assertThat(e.error()).isEqualTo(NbdError.EIO);
            return true;
        }
    }

    private NbdPeer qemuNbd() throws IOException {
        return NbdPeer.qemuNbd(directory, "-r", "-A", "-B", "vk3fa2-7", "-f", "qcow2", image.toString());
    }

    private NbdFrontEnd.Config config(NbdPeer upstream) {
        var contexts = Map.of(VISIBLE, "qemu:dirty-bitmap:vk3fa2-7");
        return config(new RelayedExport("vda", upstream.socket(), "x", contexts, true));
    }

    private NbdFrontEnd.Config config(RelayedExport export) {
        var listen = new NbdAddress.Unix(directory.resolve("relay").toString());
        return new NbdFrontEnd.Config(listen, List.of(export), NbdFrontEnd.Limits.DEFAULT);
    }

    private static String map(String uri, String context) {
        return Tool.run("nbdinfo", "--map=" + context, uri);
    }
}
