package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.model.ByteRange;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Geometry;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Json;
import org.virtkeep.testkit.Judge;
import org.virtkeep.testkit.SequenceWriter;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;
import org.virtkeep.testkit.VmDisk;
import org.virtkeep.testkit.WriterDisk;

/// Everybody's NBD clients on one incremental pull of two disks, while a writer overwrites them: each must see what
/// the disks held at the instant, byte for byte. `vda` has a backing file, `vdb` has none. The transports take
/// turns: [PullOverUnixIT] and [PullOverTcpIT].
@Tag("interop")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PullClientsIT {
    private static final List<String> DISKS = List.of("vda", "vdb");
    private static final long REGION_BYTES = 48L << 20;
    private static final long DISK_BYTES = 64L << 20;
    private static final int GRANULE_BYTES = 64 * 1024;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    Path dir;

    private Virtkeep virtkeep;
    private HaltVm vm;
    private SequenceWriter writer;
    private long written;
    private int job;
    private JsonNode running;

    /// The request of a pull since checkpoint `c1`.
    abstract String request(Requests requests);

    @BeforeAll
    void begin(@TempDir Path folder) {
        dir = folder;
        Tools.require("nbdinfo", "nbdcopy", "qemu-img", "qemu-io");
        Path base = Images.raw(dir.resolve("base.raw"), "64M");
        Images.io(base, "raw", "write -P 0xb5 40M 20M");
        Path vda = Images.overlay(dir.resolve("vda.qcow2"), base, "raw");
        Path vdb = Images.qcow2(dir.resolve("vdb.qcow2"), "64M");
        vm = HaltVm.in(dir)
                .disks(VmDisk.qcow2("vda", vda), VmDisk.qcow2("vdb", vdb))
                .start();
        vm.io("vda", "write -z 0 48M"); // the writer begins on zeros; what is above its region stays the backing file's
        vm.io("vdb", "write -P 0x5b 60M 1M");
        writer = SequenceWriter.fresh(
                Geometry.of(20, 2, REGION_BYTES), WriterDisk.of(vm, "vda"), WriterDisk.of(vm, "vdb"));
        virtkeep = Virtkeep.on(dir.resolve("root"));
        virtkeep.run("attach", "vm", "--qmp", monitor(0), "--qmp", monitor(1));
        writer.writeTo(150);
        fullPushWithCheckpoint();
        writer.writeTo(300);
        DISKS.forEach(disk -> Images.convert(image(disk), "qcow2", expected(disk), "raw"));
        var requests = new Requests(dir);
        job = virtkeep.begin("vm", request(requests), requests.checkpoint("c2"));
        written = writer.sequence();
        writer.start();
        running = virtkeep.json("domjobinfo", "vm");
    }

    private void fullPushWithCheckpoint() {
        var requests = new Requests(dir);
        String push = requests.push("", target("vda", "qcow2", full("vda")), target("vdb", "qcow2", full("vdb")));
        virtkeep.run("backup-begin", "vm", push, requests.checkpoint("c1"), "--wait");
    }

    /// The job outlived all of its clients, and the writer was never stopped.
    @AfterAll
    void end() {
        try (HaltVm _ = vm;
                SequenceWriter _ = writer) {
            Await.until("the writer goes on", LIMIT, () -> writer.sequence() > written + 100);
            assertThat(virtkeep.json("domjobinfo", "vm").path("state").asText()).isEqualTo("running");
            JsonNode end = virtkeep.json("backup-end", "vm", "--id", Integer.toString(job));
            assertThat(end.path("resultCode").asInt()).isEqualTo(1);
            writer.stop();
        }
    }

    private String monitor(int index) {
        return vm.monitorSockets().get(index).toString();
    }

    private Path image(String disk) {
        return dir.resolve(disk + ".qcow2");
    }

    private Path full(String disk) {
        return dir.resolve(disk + ".full");
    }

    /// What the disk held at the instant, as a raw file: read from the image while nobody wrote.
    private Path expected(String disk) {
        return dir.resolve(disk + ".expected");
    }

    /// As `domjobinfo --json` tells it.
    private String uri(String disk) {
        for (JsonNode each : running.path("disks")) {
            if (each.path("name").asText().equals(disk)) {
                return each.path("uri").asText();
            }
        }
        throw new AssertionError("disk '%s' is not part of %s".formatted(disk, running));
    }

    private static void requireSameBytes(Path copy, Path expected) throws IOException {
        assertThat(Files.mismatch(copy, expected))
                .as("first wrong byte of " + copy)
                .isEqualTo(-1);
    }

    @Test
    void theServerListsItsExports() {
        JsonNode exports = Nbd.list(uri("vda")).path("exports");
        assertThat(exports).hasSize(2);
        for (JsonNode export : exports) {
            String name = export.path("export-name").asText();
            assertThat(name).isIn(DISKS);
            assertThat(export.path("export-size").asLong()).isEqualTo(DISK_BYTES);
            assertThat(export.path("is_read_only").asBoolean()).isTrue();
            assertThat(export.path("can_multi_conn").asBoolean()).isTrue();
            assertThat(texts(export.path("contexts")))
                    .containsExactlyInAnyOrder("base:allocation", "qemu:dirty-bitmap:backup-" + name);
        }
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vda", "vdb"})
    void nbdcopyGetsTheInstant(String disk) throws IOException {
        requireSameBytes(Nbd.copy(uri(disk), dir.resolve(disk + ".nbdcopy")), expected(disk));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vda", "vdb"})
    void qemuImgGetsTheInstant(String disk) throws IOException {
        requireSameBytes(Nbd.convert(uri(disk), dir.resolve(disk + ".convert")), expected(disk));
        Tool.run(
                "qemu-img",
                "compare",
                "-f",
                "raw",
                "-F",
                "raw",
                uri(disk),
                expected(disk).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vda", "vdb"})
    void bothMapsTellTheSameHolesAndNoneIsData(String disk) throws IOException {
        List<ByteRange> zeros = new ArrayList<>();
        long end = 0;
        for (Nbd.Extent extent : Nbd.map(uri(disk), "base:allocation")) {
            assertThat(extent.range().offset()).isEqualTo(end);
            end = extent.range().end();
            if ((extent.flags() & 2) != 0) {
                zeros.add(extent.range());
            }
        }
        assertThat(end).isEqualTo(DISK_BYTES);
        assertThat(zeros).isNotEmpty();
        requireZeros(expected(disk), zeros);
        var zerosOfQemuImg = new ArrayList<ByteRange>();
        for (JsonNode extent : Json.parse(Tool.run("qemu-img", "map", "--output=json", "-f", "raw", uri(disk)))) {
            if (extent.path("zero").asBoolean()) {
                zerosOfQemuImg.add(new ByteRange(
                        extent.path("start").asLong(), extent.path("length").asLong()));
            }
        }
        assertThat(sum(zerosOfQemuImg)).isEqualTo(sum(zeros));
        requireZeros(expected(disk), zerosOfQemuImg);
    }

    private static long sum(List<ByteRange> ranges) {
        return ranges.stream().mapToLong(ByteRange::length).sum();
    }

    private static void requireZeros(Path raw, List<ByteRange> ranges) throws IOException {
        byte[] bytes = Files.readAllBytes(raw);
        for (ByteRange range : ranges) {
            for (int at = (int) range.offset(); at < range.end(); at++) {
                if (bytes[at] != 0) {
                    throw new AssertionError("%s is told to be zeros, but byte %d is not".formatted(range, at));
                }
            }
        }
    }

    /// The bitmap is of the instant too: it does not grow with what is written afterwards.
    @ParameterizedTest
    @ValueSource(strings = {"vda", "vdb"})
    void theBitmapTellsAllThatChangedAndStaysTheSame(String disk) throws IOException {
        List<ByteRange> dirty = Nbd.dirty(uri(disk), "backup-" + disk);
        assertThat(sum(dirty)).isBetween(1L, REGION_BYTES);
        byte[] before = Files.readAllBytes(Images.convert(full(disk), "qcow2", dir.resolve(disk + ".c1"), "raw"));
        byte[] after = Files.readAllBytes(expected(disk));
        for (int at = 0; at < DISK_BYTES; at += GRANULE_BYTES) {
            int granule = at;
            if (!Arrays.equals(before, at, at + GRANULE_BYTES, after, at, at + GRANULE_BYTES)) {
                assertThat(dirty)
                        .as("granule at %d has changed", at)
                        .anyMatch(range -> range.offset() <= granule && granule + GRANULE_BYTES <= range.end());
            }
        }
        long now = writer.sequence();
        Await.until("more is written", LIMIT, () -> writer.sequence() > now + 20);
        assertThat(Nbd.dirty(uri(disk), "backup-" + disk)).isEqualTo(dirty);
    }

    @Test
    void anIncrementalOverTheFullPushIsTheInstant() throws IOException {
        for (String disk : DISKS) {
            Path layer =
                    Nbd.fetchChanges(uri(disk), "backup-" + disk, full(disk), "qcow2", dir.resolve(disk + ".layer"));
            Images.requireClean(layer);
            Path restored = Nbd.restored(layer, dir.resolve(disk + ".restored"));
            requireSameBytes(restored, expected(disk));
        }
        assertThat(Judge.requireRight(dir.resolve("vda.restored"), dir.resolve("vdb.restored")))
                .isEqualTo(written);
    }

    @Test
    void severalClientsAtOnceGetTheInstant() throws Exception {
        var clients = new ArrayList<Callable<Path>>();
        for (String disk : DISKS) {
            clients.add(() -> Nbd.copy(uri(disk), dir.resolve(disk + ".client1")));
            clients.add(() -> Nbd.convert(uri(disk), dir.resolve(disk + ".client2")));
            clients.add(() -> Nbd.copy(uri(disk), dir.resolve(disk + ".client3")));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Path> copy : threads.invokeAll(clients)) {
                String name = copy.get().getFileName().toString();
                requireSameBytes(copy.get(), expected(name.substring(0, name.indexOf('.'))));
            }
        }
    }

    @Test
    void anExportThatIsNotThereIsRefused() {
        Tool.Result result = Tool.attempt("nbdinfo", uri("vda").replace("vda", "vdz"));
        assertThat(result.exitCode()).isNotZero();
    }
}
