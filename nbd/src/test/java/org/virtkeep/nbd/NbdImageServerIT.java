package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// Images of our own, read-only and with an overlay, and the clients of the world.
@Tag("interop")
class NbdImageServerIT {
    private static final int SIZE = (12 << 20) + 512;

    @TempDir
    private Path dir;

    private final ArrayImage base = ArrayImage.random(3, SIZE);
    private OverlayImage overlay;
    private NbdImageServer server;

    @BeforeEach
    void serves() throws IOException {
        Tools.require("nbdinfo", "nbdcopy", "qemu-img", "qemu-io");
        overlay = OverlayImage.open(dir.resolve("overlay"), new byte[32], base);
        server = start(new NbdAddress.Unix(dir.resolve("s").toString()));
    }

    private NbdImageServer start(NbdAddress address) throws IOException {
        var images = List.of(new NbdImageServer.Named("plain", base), new NbdImageServer.Named("cow", overlay));
        return NbdImageServer.start(address, images, NbdFrontEnd.Limits.DEFAULT);
    }

    @AfterEach
    void ends() throws IOException {
        server.close();
        overlay.close();
    }

    private String uri(String export) {
        return NbdServerIT.uri(server.address(), export);
    }

    private Path copyOut(String export) {
        Path copy = dir.resolve(export + ".out");
        Tool.run("nbdcopy", uri(export), copy.toString());
        return copy;
    }

    private static void isSame(Path file, byte[] content) throws IOException {
        assertThat(Arrays.equals(Files.readAllBytes(file), content)).isTrue();
    }

    @Test
    void nbdinfoSeesWhatEachExportCanDo() {
        String plain = Tool.run("nbdinfo", uri("plain"));
        assertThat(plain).contains("is_read_only: true", "can_multi_conn: true", "can_flush: false");
        assertThat(Tool.run("nbdinfo", uri("cow")))
                .contains("is_read_only: false", "can_multi_conn: true", "can_flush: true", "can_fua: true")
                .contains("can_trim: true", "can_zero: true", "can_fast_zero: true", "export-size: " + SIZE);
    }

    @Test
    void nbdcopyReadsAndWrites() throws IOException {
        isSame(copyOut("plain"), base.content);
        isSame(copyOut("cow"), base.content);
        byte[] other = new byte[SIZE];
        new SplittableRandom(9).nextBytes(other);
        Arrays.fill(other, 1 << 20, 3 << 20, (byte) 0);
        Path in = Files.write(dir.resolve("in"), other);
        Tool.run("nbdcopy", "--flush", in.toString(), uri("cow"));
        isSame(copyOut("cow"), other);
        isSame(copyOut("plain"), base.content);
        assertThat(Tool.attempt("nbdcopy", in.toString(), uri("plain")).exitCode())
                .isNotZero();
        server.close();
        overlay.close();
        overlay = OverlayImage.open(dir.resolve("overlay"), new byte[32], base);
        server = start(new NbdAddress.Tcp("127.0.0.1", 0));
        isSame(copyOut("cow"), other);
        Tool.run("qemu-img", "compare", "-f", "raw", "-F", "raw", uri("cow"), in.toString());
    }

    @Test
    void qemuWritesZeroesTrimsAndFlushes() throws IOException {
        Tool.run(
                "qemu-io",
                "-f",
                "raw",
                "-c",
                "write -P 17 1000 70000",
                "-c",
                "write -f -P 18 1M 64k",
                "-c",
                "write -z -u 2M 1M",
                "-c",
                "write -z 3500000 100000",
                "-c",
                "discard 5M 1M",
                "-c",
                "flush",
                "-c",
                "read -P 17 1000 70000",
                "-c",
                "read -P 0 2M 1M",
                uri("cow"));
        byte[] expected = base.content.clone();
        Arrays.fill(expected, 1000, 71_000, (byte) 17);
        Arrays.fill(expected, 1 << 20, (1 << 20) + (64 << 10), (byte) 18);
        Arrays.fill(expected, 2 << 20, 3 << 20, (byte) 0);
        Arrays.fill(expected, 3_500_000, 3_600_000, (byte) 0);
        Arrays.fill(expected, 5 << 20, 6 << 20, (byte) 0);
        isSame(copyOut("cow"), expected);
        assertThat(Tool.run("nbdinfo", "--map", uri("cow"))).contains("3  hole,zero");
        assertThat(Tool.attempt("qemu-io", "-f", "raw", "-c", "write 0 512", uri("plain"))
                        .exitCode())
                .isNotZero();
    }

    @Test
    void ourClientWritesToOurServer() throws IOException {
        byte[] data = new byte[3 << 20];
        new SplittableRandom(1).nextBytes(data);
        try (var negotiation = NbdNegotiation.connect(server.address(), TestServer.deadline());
                NbdSession session = negotiation.go("cow")) {
            session.write(12_345, ByteBuffer.wrap(data), TestServer.deadline());
            session.writeZeroes(new ByteRange(100_000, 200_000), TestServer.deadline());
            session.trim(new ByteRange(4 << 20, 1 << 20), TestServer.deadline());
            session.flush(TestServer.deadline());
        }
        byte[] expected = base.content.clone();
        System.arraycopy(data, 0, expected, 12_345, data.length);
        Arrays.fill(expected, 100_000, 300_000, (byte) 0);
        Arrays.fill(expected, 4 << 20, 5 << 20, (byte) 0);
        isSame(copyOut("cow"), expected);
    }

    @Test
    void aDamagedChunkIsAnErrorAndNotWrongBytes() {
        base.broken = true;
        assertThat(Tool.attempt("nbdcopy", uri("plain"), "null:").exitCode()).isNotZero();
        assertThat(Tool.attempt("qemu-io", "-f", "raw", "-c", "write 0 512", uri("cow"))
                        .exitCode())
                .isNotZero(); // the rest of the block cannot be copied up
        base.broken = false;
        assertThat(Tool.attempt("nbdcopy", uri("plain"), "null:").exitCode()).isZero();
        assertThat(server.progress().getFirst().failedRequests()).isPositive();
    }

    /// nbdkit is the client here: it cuts requests into small blocks, delays them, and connects again.
    @Test
    void nbdkitReadsThroughItsFiltersAndConnectsAgain() throws IOException {
        Tools.require("nbdkit");
        try (var between = NbdPeer.nbdkit(
                dir,
                "--filter=retry",
                "--filter=blocksize",
                "--filter=delay",
                "nbd",
                "uri=" + uri("plain"),
                "retry-delay=1",
                "maxdata=64K",
                "rdelay=1ms")) {
            Path copy = dir.resolve("through");
            String through = "nbd+unix:///?socket=" + between.socket();
            Tool.run("nbdcopy", through, copy.toString());
            isSame(copy, base.content);
            server.close();
            server = start(new NbdAddress.Unix(dir.resolve("s").toString()));
            Files.delete(copy);
            Tool.run("nbdcopy", through, copy.toString());
            isSame(copy, base.content);
        }
    }
}
