package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.disk;
import static org.virtkeep.interop.Requests.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Json;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// Pushes and pulls from a script's point of view, of a domain with two qcow2 disks, a raw one and an empty CD drive.
@Tag("interop")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupCommandsIT {
    private static final Path SCHEMA = Path.of("/usr/share/libvirt/schemas/domainbackup.rng");
    private static final Pattern TARGET = Pattern.compile("<target file='([^']+)'/>");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Path dir;
    private Requests requests;
    private Virtkeep virtkeep;

    @BeforeAll
    void start(@TempDir Path folder) {
        Tools.require("qemu-system-x86_64", "qemu-img", "qemu-io", "nbdcopy", "nbdinfo", "xmllint");
        dir = folder;
        requests = new Requests(dir);
        virtkeep = Virtkeep.on(dir.resolve("root"));
        Path vda = Images.qcow2(dir.resolve("vda"), "16M");
        Path vdb = Images.qcow2(dir.resolve("vdb"), "8M");
        Path vdc = Images.raw(dir.resolve("vdc"), "4M");
        Images.io(vda, "qcow2", "write -P 0xa1 1M 2M", "write -P 0xa2 15M 1M");
        Images.io(vdb, "qcow2", "write -P 0xb1 0 64k");
        Images.io(vdc, "raw", "write -P 0xc1 512 1M");
        virtkeep.run(
                "define",
                requests.domain(
                        "vm",
                        disk("vda", vda, "qcow2"),
                        disk("vdb", vdb, "qcow2"),
                        disk("vdc", vdc, "raw"),
                        "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>"));
        virtkeep.run("start", "vm");
    }

    @AfterAll
    void end() {
        virtkeep.run("destroy", "vm");
    }

    /// The guest writes nothing here, so a backup is right if it is what the image is.
    private void requireRight(String disk, Path backup, String format) {
        Images.requireSame(dir.resolve(disk), disk.equals("vdc") ? "raw" : "qcow2", backup, format);
    }

    @Test
    void withoutADocumentAllDisksArePushedBesideTheirImages() throws IOException {
        assertThat(virtkeep.run("backup-begin", "vm", "--wait")).contains("completed");
        JsonNode jobs = virtkeep.json("backup-list", "vm");
        JsonNode job = jobs.path(jobs.size() - 1);
        assertThat(job.path("state").asText()).isEqualTo("completed");
        assertThat(job.path("acknowledged").asBoolean()).isTrue();
        String id = job.path("id").asText();
        String document = virtkeep.run("backup-dumpxml", "vm", "--id", id);
        assertThat(document).contains("mode='push'", " id='" + id + "'", "<disk name='sda' backup='no'/>");
        List<Path> targets = targets(document);
        assertThat(targets).hasSize(3);
        for (int i = 0; i < 3; i++) {
            String disk = "vd" + (char) ('a' + i);
            assertThat(targets.get(i).toString()).matches(Pattern.quote(dir.resolve(disk) + ".") + "\\d{10,}");
            requireRight(disk, targets.get(i), "qcow2");
        }
        requireValidWithoutId(document);
        againFromItsOwnXml(document, targets);
    }

    private static List<Path> targets(String document) {
        var targets = new ArrayList<Path>();
        for (Matcher matcher = TARGET.matcher(document); matcher.find(); ) {
            targets.add(Path.of(matcher.group(1)));
        }
        return targets;
    }

    private void requireValidWithoutId(String document) {
        if (!Files.exists(SCHEMA)) {
            Tools.miss("libvirt's schemas are not installed; scripts/packages installs what tests need");
        }
        String plain = requests.file(document.replaceFirst(" id='\\d+'", ""));
        Tool.run("xmllint", "--noout", "--relaxng", SCHEMA.toString(), plain);
    }

    private void againFromItsOwnXml(String document, List<Path> targets) throws IOException {
        String file = requests.file(document);
        virtkeep.refused(ErrorCode.INVALID_ARG, "backup-begin", "vm", file); // its targets are there
        for (Path target : targets) {
            Files.delete(target);
        }
        virtkeep.run("backup-begin", "vm", file, "--wait");
        requireRight("vda", targets.getFirst(), "qcow2");
    }

    @Test
    void targetsMadeByTheCallerAreWrittenInTheirFormat() {
        Path qcow2 = Images.qcow2(dir.resolve("mine.qcow2"), "16M", "cluster_size=128k");
        Path raw = Images.raw(dir.resolve("mine.raw"), "8M");
        Path rawOfRaw = Images.raw(dir.resolve("mine2.raw"), "4M");
        String push = requests.push(
                "", target("vda", "qcow2", qcow2), target("vdb", "raw", raw), target("vdc", "raw", rawOfRaw));
        JsonNode job = virtkeep.json("backup-begin", "vm", push, "--reuse-external", "--wait");
        assertThat(job.path("success").asBoolean()).isTrue();
        assertThat(job.path("disk_processed").asLong())
                .isEqualTo(job.path("disk_total").asLong());
        requireRight("vda", qcow2, "qcow2");
        requireRight("vdb", raw, "raw");
        requireRight("vdc", rawOfRaw, "raw");
        assertThat(Images.info(qcow2).path("cluster-size").asInt()).isEqualTo(128 << 10);
    }

    @Test
    void aPullIsServedOnAUnixSocketUntilItIsEnded() {
        Path socket = dir.resolve("pull.sock");
        int id = virtkeep.begin("vm", requests.pull("", socket));
        assertThat(id).isPositive();
        JsonNode job = virtkeep.json("domjobinfo", "vm");
        assertThat(job.path("id").asInt()).isEqualTo(id);
        assertThat(job.path("type").asInt()).isEqualTo(2);
        assertThat(job.path("operation").asInt()).isEqualTo(9);
        assertThat(job.path("server").path("socket").asText()).isEqualTo(socket.toString());
        for (JsonNode disk : job.path("disks")) {
            String name = disk.path("name").asText();
            requireRight(name, Nbd.copy(disk.path("uri").asText(), dir.resolve(name + ".pulled")), "raw");
        }
        String document = virtkeep.run("backup-dumpxml", "vm");
        assertThat(document).contains("socket='" + socket + "'", "exportname='vdc'");
        requireValidWithoutId(document);
        virtkeep.refused(ErrorCode.OPERATION_INVALID, "backup-begin", "vm", requests.pull("", socket));
        JsonNode end = virtkeep.json("backup-end", "vm");
        assertThat(end.path("result").asText()).isEqualTo("completed");
        assertThat(socket).doesNotExist();
        int again = virtkeep.begin("vm", requests.file(document)); // its scratch files are gone
        assertThat(again).isGreaterThan(id);
        virtkeep.run("backup-end", "vm", "--id", Integer.toString(again), "--abort");
    }

    @Test
    void aPullOverTcpTakesAFreePortOrTheOneItIsGiven() throws IOException {
        virtkeep.begin("vm", requests.pullOverTcp(""));
        JsonNode server = virtkeep.json("domjobinfo", "vm").path("server");
        int chosen = server.path("port").asInt();
        assertThat(chosen).isPositive();
        assertThat(virtkeep.run("backup-dumpxml", "vm")).contains("port='" + chosen + "'");
        requireRight("vdb", Nbd.copy("nbd://127.0.0.1:" + chosen + "/vdb", dir.resolve("tcp.raw")), "raw");
        virtkeep.run("backup-end", "vm");
        int given = freePort();
        virtkeep.begin("vm", requests.pullOverTcp("", given));
        assertThat(Nbd.list("nbd://127.0.0.1:" + given).path("exports")).hasSize(3);
        virtkeep.run("backup-end", "vm");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void severalJobsAreToldApartByTheirIds() {
        String one = Integer.toString(virtkeep.begin("vm", requests.pullOverTcp("")));
        String other = Integer.toString(virtkeep.begin("vm", requests.pullOverTcp("")));
        assertThat(virtkeep.run("list", "--with-backup")).contains("vm");
        assertThat(virtkeep.refused(ErrorCode.OPERATION_INVALID, "backup-end", "vm")
                        .path("message")
                        .asText())
                .contains("(%s, %s)".formatted(one, other));
        virtkeep.refused(ErrorCode.OPERATION_INVALID, "domjobinfo", "vm");
        virtkeep.refused(ErrorCode.NO_DOMAIN_BACKUP, "backup-dumpxml", "vm", "--id", "4711");
        for (String id : List.of(other, one)) {
            JsonNode disk =
                    virtkeep.json("domjobinfo", "vm", "--id", id).path("disks").get(1);
            requireRight("vdb", Nbd.copy(disk.path("uri").asText(), dir.resolve("several." + id)), "raw");
            virtkeep.refused(ErrorCode.OPERATION_INVALID, "domjobinfo", "vm", "--id", id, "--completed");
            virtkeep.run("backup-end", "vm", "--id", id);
            JsonNode ended = virtkeep.json("domjobinfo", "vm", "--id", id, "--completed");
            assertThat(ended.path("state").asText()).isEqualTo("completed");
            assertThat(ended.path("disks").get(1).path("time_elapsed").asLong()).isPositive();
        }
        assertThat(virtkeep.run("list", "--with-backup")).doesNotContain("vm");
    }

    @Test
    void aDiskThatCannotBeIncrementalGoesFullIfAskedTo() {
        String push = requests.push("lost", target("vda", "qcow2", dir.resolve("lost.vda")));
        virtkeep.run("checkpoint-create-as", "vm", "lost", "--diskspec", "vdb");
        assertThat(virtkeep.refused(ErrorCode.CHECKPOINT_INCONSISTENT, "backup-begin", "vm", push)
                        .path("message")
                        .asText())
                .contains("'vda'", "--fallback full");
        Virtkeep.Result begun = virtkeep.attempt("backup-begin", "vm", push, "--fallback", "full", "--wait", "--json");
        assertThat(begun.err()).contains("disk 'vda' is backed up in full");
        JsonNode disk = Json.parse(begun.out()).path("disks").get(0);
        assertThat(disk.path("backupmode").asText()).isEqualTo("full");
        assertThat(disk.path("fallback").asText()).contains("'lost'", "missing");
        requireRight("vda", dir.resolve("lost.vda"), "qcow2");
        virtkeep.run("checkpoint-delete", "vm", "lost");
    }

    /// JOB_COMPLETED is the last event of a job: who has seen it has seen all.
    @Test
    void eventsComeInOrderAndJobCompletedIsTheLastOfItsJob() {
        try (var events = virtkeep.start("event", "vm", "--loop", "--json", "--after", lastEvent())) {
            String push = requests.push(
                    "", target("vda", "qcow2", dir.resolve("e.vda")), target("vdb", "qcow2", dir.resolve("e.vdb")));
            int id = virtkeep.begin("vm", push);
            events.awaitLine(0, LIMIT, line -> is(line, "job-completed"));
            virtkeep.run("suspend", "vm");
            virtkeep.run("resume", "vm");
            events.awaitLine(0, LIMIT, line -> line.contains("\"resumed\""));
            List<JsonNode> seen = events.lines().stream().map(Json::parse).toList();
            assertThat(seen)
                    .extracting(BackupCommandsIT::kind)
                    .containsExactly("block-job", "block-job", "job-completed", "lifecycle", "lifecycle");
            assertThat(seen.subList(0, 2)).allSatisfy(event -> {
                assertThat(event.path("type").asInt()).isEqualTo(5);
                assertThat(event.path("statusCode").asInt()).isZero();
                assertThat(event.path("id").asInt()).isEqualTo(id);
            });
            assertThat(seen.get(2).path("job").path("success").asBoolean()).isTrue();
            assertThat(seen)
                    .extracting(event -> event.path("sequence").asLong())
                    .isSorted();
            virtkeep.run("backup-end", "vm", "--id", Integer.toString(id));
        }
    }

    private static String kind(JsonNode event) {
        return event.path("event").asText();
    }

    private static boolean is(String line, String kind) {
        return line.startsWith("{") && kind(Json.parse(line)).equals(kind);
    }

    /// All events so far are read and counted, so that those that follow can be told from them.
    private String lastEvent() {
        return virtkeep.run("event", "--loop", "--json", "--after", "0", "--timeout", "1")
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(line -> Json.parse(line).path("sequence").asText())
                .reduce((_, last) -> last)
                .orElse("0");
    }
}
