package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// Our server and the clients of the world: libnbd 1.14's nbdinfo and nbdcopy, QEMU 7.2's qemu-img.
@Tag("interop")
class NbdServerIT {
    private static final int SIZE = 33 << 20;

    @TempDir
    Path directory;

    private final MemoryDevice device = MemoryDevice.random(11, SIZE)
            .hole(8 << 20, 16 << 20)
            .context(
                    ContextName.BASE_ALLOCATION,
                    extent(0, 8 << 20, 0),
                    extent(8 << 20, 16 << 20, 3),
                    extent(24 << 20, SIZE - (24 << 20), 0))
            .context(
                    ContextName.dirtyBitmap("b0"),
                    extent(0, 65536, 1),
                    extent(65536, SIZE - 2 * 65536, 0),
                    extent(SIZE - 65536, 65536, 1));

    @BeforeEach
    void needsClients() {
        Tools.require("nbdinfo", "nbdcopy", "qemu-img");
    }

    @Test
    void nbdinfoListsEverything() throws IOException {
        try (var server = TestServer.serve(directory, device, new MemoryDevice("empty", new byte[0]))) {
            String list = Tool.run("nbdinfo", "--list", uri(server, ""));
            assertThat(list)
                    .contains("export=\"memory\"", "export=\"empty\"")
                    .contains("base:allocation", "qemu:dirty-bitmap:b0")
                    .contains("export-size: " + SIZE)
                    .contains("is_read_only: true", "can_multi_conn: true", "can_df: true")
                    .contains("block_size_maximum: 33554432");
        }
    }

    @Test
    void nbdinfoMapsEveryContext() throws IOException {
        try (var server = TestServer.serve(directory, device)) {
            assertThat(map(server, "base:allocation"))
                    .containsExactly("0 8388608 0 data", "8388608 16777216 3 hole,zero", "25165824 9437184 0 data");
            assertThat(map(server, "qemu:dirty-bitmap:b0"))
                    .containsExactly("0 65536 1 dirty", "65536 34471936 0 clean", "34537472 65536 1 dirty");
        }
    }

    @Test
    void nbdcopyCopiesOverUnixAndTcp() throws IOException {
        Path copy = directory.resolve("copy");
        try (var server = TestServer.serve(directory, device)) {
            Tool.run("nbdcopy", uri(server, "memory"), copy.toString());
            assertThat(Files.readAllBytes(copy)).isEqualTo(device.content());
            Await.until(
                    "all have left", TestServer.LIMIT, () -> server.progress().clientsNow() == 0);
            assertThat(server.progress().clientsLost()).isZero();
            assertThat(server.progress().failedRequests()).isZero();
        }
        var anyPort = new NbdAddress.Tcp("127.0.0.1", 0);
        try (var server = TestServer.serve(TestServer.limits(64 << 20, 8), anyPort, device)) {
            Tool.run("nbdcopy", "--connections=1", uri(server, "memory"), copy.toString());
            assertThat(Files.readAllBytes(copy)).isEqualTo(device.content());
            Tool.run("nbdcopy", "--synchronous", "--allocated", uri(server, "memory"), copy.toString());
            assertThat(Files.readAllBytes(copy)).isEqualTo(device.content());
        }
    }

    @Test
    void qemuImgConvertsComparesAndMaps() throws IOException {
        Path copy = directory.resolve("copy.raw");
        try (var server = TestServer.serve(directory, device)) {
            Tool.run("qemu-img", "convert", "-f", "raw", "-O", "raw", qemuUri(server), copy.toString());
            assertThat(Files.readAllBytes(copy)).isEqualTo(device.content());
            Tool.run("qemu-img", "compare", "-f", "raw", "-F", "raw", qemuUri(server), copy.toString());

            var extents = new ObjectMapper()
                    .readTree(Tool.run("qemu-img", "map", "--output=json", "-f", "raw", qemuUri(server)));
            assertThat(StreamSupport.stream(extents.spliterator(), false)
                            .filter(extent -> extent.path("zero").asBoolean())
                            .mapToLong(extent -> extent.path("length").asLong())
                            .sum())
                    .isEqualTo(16 << 20);
            assertThat(server.progress().failedRequests()).isZero();
        }
    }

    @Test
    void anErrorIsAnErrorForEverybody() throws IOException {
        device.bad(30 << 20, 1);
        try (var server = TestServer.serve(directory, device)) {
            assertThat(Tool.attempt("nbdcopy", uri(server, "memory"), "null:").exitCode())
                    .isNotZero();
            assertThat(Tool.attempt(
                                    "qemu-img",
                                    "convert",
                                    "-f",
                                    "raw",
                                    "-O",
                                    "raw",
                                    qemuUri(server),
                                    directory.resolve("c").toString())
                            .exitCode())
                    .isNotZero();
            assertThat(server.progress().failedRequests()).isPositive();
        }
    }

    static String uri(TestServer server, String export) {
        return uri(server.address(), export);
    }

    static String uri(NbdAddress address, String export) {
        return switch (address) {
            case NbdAddress.Unix(String path) -> "nbd+unix:///" + export + "?socket=" + path;
            case NbdAddress.Tcp(String host, int port) -> "nbd://" + host + ":" + port + "/" + export;
        };
    }

    private static String qemuUri(TestServer server) {
        return uri(server, "memory");
    }

    private static List<String> map(TestServer server, String context) {
        return Tool.run("nbdinfo", "--map=" + context, uri(server, "memory"))
                .lines()
                .map(line -> line.strip().replaceAll("\\s+", " "))
                .toList();
    }

    private static Extent extent(long offset, long length, int flags) {
        return new Extent(new ByteRange(offset, length), flags);
    }
}
