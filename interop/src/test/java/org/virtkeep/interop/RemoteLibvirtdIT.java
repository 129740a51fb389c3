package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tools;

/// `bin/virtkeep` on a domain that a libvirtd of Debian's owns: the way from its definition to a restored backup, in
/// the words of a script.
@Tag("interop")
class RemoteLibvirtdIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private LibvirtHost host;
    private Virtkeep virtkeep;
    private Path folder;

    @BeforeEach
    void start() {
        Tools.require("qemu-system-x86_64", "qemu-img", "nbdinfo", "nbdcopy", "qemu-io");
        host = LibvirtHost.start(dir);
        virtkeep = host.virtkeep();
        folder = host.folder();
        virtkeep.run("define", host.domain("vm"));
        virtkeep.run("start", "vm");
    }

    @AfterEach
    void end() {
        host.close();
    }

    /// The same on the guest's disk and on an image that nobody uses.
    private void guestWrites(String command) {
        host.guestWrites("vm", 0, command);
        Images.io(dir.resolve("expected.qcow2"), "qcow2", command);
    }

    private String nbd(Path socket, String export) {
        return "nbd+unix:///%s?socket=%s".formatted(export, socket);
    }

    @Test
    void fullAndIncrementalPullsAndAPush() throws Exception {
        Images.qcow2(dir.resolve("expected.qcow2"), "16M");
        assertThat(virtkeep.json("list").findValuesAsText("name")).containsExactly("vm");
        assertThat(virtkeep.json("domblklist", "vm").findValuesAsText("target")).containsExactly("vda", "vdb", "hdc");
        assertThat(virtkeep.json("domblkinfo", "vm", "vda").toString()).contains("16777216");
        guestWrites("write -P 0xa1 1M 2M");
        fullPull();
        guestWrites("write -P 0xa2 2M 64k");
        incrementalPull();
        push();
        checkpoints();
        figures();
        wholeLife();
    }

    /// Each figure that is told has the name that virsh gives it.
    private void figures() {
        List<String> ours = names(virtkeep.run("domstats", "vm"));
        assertThat(names(host.virsh().run("domstats", "vm").out())).containsAll(ours);
        assertThat(ours).contains("cpu.time", "balloon.current", "vcpu.0.time", "block.0.rd.reqs", "block.2.name");
        assertThat(virtkeep.run("domblkstat", "vm", "vda").lines().map(line -> line.split(" ")[1]))
                .allMatch(host.virsh().run("domblkstat", "vm", "vda").out()::contains);
        assertThat(virtkeep.run("domblkerror", "vm")).isEqualTo("No errors found\n");
        virtkeep.run("desc", "vm", "--live", "the", "shop");
        assertThat(host.virsh().run("desc", "vm").out()).isEqualTo("the shop\n");
        assertThat(virtkeep.run("dommemstat", "vm")).startsWith("actual 65536\n");
        assertThat(virtkeep.json("nodeinfo").path("model").asText()).isEqualTo("x86_64");
        assertThat(virtkeep.run("domcapabilities", "--virttype", "qemu")).contains("<domainCapabilities>");
    }

    private static List<String> names(String figures) {
        return figures.lines()
                .filter(line -> line.contains("="))
                .map(line -> line.substring(0, line.indexOf('=')).strip())
                .toList();
    }

    /// Everything that an export serves is what the guest had written when the backup began.
    private void fullPull() {
        Path socket = folder.resolve("nbd.sock");
        String pull = host.requests().pull("", socket);
        assertThat(virtkeep.begin("vm", pull, host.requests().checkpoint("c1"))).isEqualTo(1);
        Path before = Images.convert(dir.resolve("expected.qcow2"), "qcow2", dir.resolve("before"), "raw");
        guestWrites("write -P 0xee 1M 64k");
        Images.requireSame(Nbd.copy(nbd(socket, "vda"), dir.resolve("full")), "raw", before, "raw");
        JsonNode job = virtkeep.json("domjobinfo", "vm");
        assertThat(job.path("mode").asText()).isEqualTo("pull");
        assertThat(job.path("disks").findValuesAsText("name")).containsExactly("vda", "vdb");
        assertThat(virtkeep.run("backup-dumpxml", "vm")).contains("id='1'", socket.toString());
        assertThat(virtkeep.json("backup-end", "vm", "--id", "1")
                        .path("resultCode")
                        .asInt())
                .isEqualTo(1);
        assertThat(socket).doesNotExist();
        assertThat(virtkeep.json("list", "--with-backup").size()).isZero();
    }

    private void incrementalPull() {
        Path socket = folder.resolve("nbd.sock");
        int id = virtkeep.begin(
                "vm", host.requests().pull("c1", socket), host.requests().checkpoint("c2"));
        assertThat(Nbd.dirty(nbd(socket, "vda"), "backup-vda"))
                .as("64 KiB at 2 MiB, and what was written during the full backup")
                .extracting(range -> range.offset() + "+" + range.length())
                .containsExactly("1048576+65536", "2097152+65536");
        assertThat(virtkeep.json("domjobinfo", "vm")
                        .path("disks")
                        .path(0)
                        .path("total")
                        .asLong())
                .isEqualTo(2 * 65536);
        virtkeep.run("backup-end", "vm", "--id", Integer.toString(id));
    }

    /// The events of a push come to another process, and its end is the last of them.
    private void push() throws Exception {
        Path copy = folder.resolve("copy.qcow2");
        String push = host.requests().push("", target("vda", "qcow2", copy), "<disk name='vdb' backup='no'/>");
        try (ChildProcess events = virtkeep.start("event", "vm", "--loop", "--timeout", "60")) {
            Await.until("the listener listens", LIMIT, () -> toldOfASuspension(events));
            assertThat(virtkeep.run("backup-begin", "vm", push, "--wait")).contains("completed: 16.000 MiB");
            Await.until(
                    "the end of the push is told",
                    LIMIT,
                    () -> events.lines().stream().anyMatch(line -> line.contains("job-completed")));
            List<String> told =
                    events.lines().stream().filter(line -> line.contains("job")).toList();
            assertThat(told).hasSize(2);
            assertThat(told.getFirst()).contains("block-job", "disk vda", "vm-vda.qcow2", "completed");
            assertThat(told.getLast()).contains("job-completed", "completed");
        }
        Images.requireClean(copy);
        Images.requireSame(copy, "qcow2", dir.resolve("expected.qcow2"), "qcow2");
    }

    private boolean toldOfASuspension(ChildProcess events) {
        virtkeep.run("suspend", "vm");
        virtkeep.run("resume", "vm");
        return events.lines().stream().anyMatch(line -> line.contains("suspended"));
    }

    private void checkpoints() {
        virtkeep.run("checkpoint-create-as", "vm", "c3", "--diskspec", "vdb,checkpoint=no");
        assertThat(virtkeep.json("checkpoint-list", "vm", "--topological").findValuesAsText("name"))
                .containsExactly("c1", "c2", "c3");
        assertThat(virtkeep.json("checkpoint-info", "vm", "c3").path("current").asBoolean())
                .isTrue();
        assertThat(virtkeep.run("checkpoint-parent", "vm", "c3").strip()).isEqualTo("c2");
        String document = virtkeep.run("checkpoint-dumpxml", "vm", "c3", "--no-domain");
        virtkeep.run("checkpoint-delete", "vm", "c3", "--metadata");
        virtkeep.run("checkpoint-create", "vm", host.requests().file(document), "--redefine");
        virtkeep.run("checkpoint-delete", "vm", "c1", "--children");
        assertThat(virtkeep.json("checkpoint-list", "vm").size()).isZero();
    }

    private void wholeLife() {
        virtkeep.run("blockresize", "vm", "vdb", "8M");
        assertThat(virtkeep.json("domblkinfo", "vm", "vdb").toString()).contains("8388608");
        virtkeep.run("attach-disk", "vm", host.image("extra", "1M").toString(), "vdc", "--subdriver", "qcow2");
        assertThat(virtkeep.json("domblklist", "vm").findValuesAsText("target")).contains("vdc");
        virtkeep.run(
                "change-media",
                "vm",
                "hdc",
                Images.raw(folder.resolve("cd.iso"), "1M").toString());
        assertThat(virtkeep.run("domblklist", "vm")).contains("cd.iso");
        virtkeep.run("snapshot-create-as", "vm", "s1", "--disk-only", "--diskspec", "vdb,snapshot=no");
        assertThat(virtkeep.json("snapshot-list", "vm").findValuesAsText("name"))
                .containsExactly("s1");
        assertThat(virtkeep.run("snapshot-current", "vm", "--name").strip()).isEqualTo("s1");
        virtkeep.run("snapshot-delete", "vm", "s1", "--metadata");
        blockJobs();
        virtkeep.run("destroy", "vm");
        assertThat(virtkeep.run("domstate", "vm").strip()).isEqualTo("shut off");
        virtkeep.run("undefine", "vm");
        assertThat(virtkeep.json("list", "--all").size()).isZero();
    }

    private void blockJobs() {
        assertThat(virtkeep.json("blockcommit", "vm", "vda", "--active", "--wait")
                        .path("result")
                        .asText())
                .isEqualTo("ready");
        assertThat(virtkeep.json("blockjob", "vm", "vda").path("type").asText()).isEqualTo("active commit");
        virtkeep.run("blockjob", "vm", "vda", "--pivot");
        String copy = folder.resolve("vda.copy").toString();
        virtkeep.run("blockcopy", "vm", "vda", "--dest", copy, "--transient-job", "--pivot");
        assertThat(virtkeep.run("domblklist", "vm")).contains(copy);
        assertThat(virtkeep.run("blockpull", "vm", "vda", "--wait")).contains("completed");
        virtkeep.run("domblkthreshold", "vm", "vda", "1G");
    }

    @Test
    void aRepositoryTakesFullAndIncrementalBackupsAndGivesThemBack() {
        Images.qcow2(dir.resolve("expected.qcow2"), "16M");
        String repo = dir.resolve("repo").toString();
        virtkeep.run("repo", "init", repo);
        guestWrites("write -P 0xb1 1M 3M");
        guestWrites("write -P 0xb2 12M 1M");
        JsonNode first = virtkeep.json("backup", "vm", "--repo", repo).path(0);
        assertThat(first.path("disks").findValuesAsText("mode")).containsExactly("full", "full");
        Path before = Images.convert(dir.resolve("expected.qcow2"), "qcow2", dir.resolve("before.qcow2"), "qcow2");
        guestWrites("write -P 0xb3 2M 1M");
        guestWrites("write -z 12M 512k");
        JsonNode second = virtkeep.json("backup", "vm", "--repo", repo).path(0);
        assertThat(second.path("disks").findValuesAsText("mode")).containsExactly("incremental", "incremental");
        assertThat(second.path("disks").path(0).path("changedBytes").asLong()).isEqualTo(3 << 19);
        assertThat(second.path("base")).isEqualTo(first.path("backup"));
        requireRestored(repo, "vm@" + first.path("backup").asText(), before);
        requireRestored(repo, "vm", dir.resolve("expected.qcow2"));
        virtkeep.run("verify", "vm", "--repo", repo);
        assertThat(virtkeep.json("checkpoint-list", "vm").size())
                .as("that of the last backup")
                .isOne();
    }

    private void requireRestored(String repo, String point, Path expected) {
        Path restored = dir.resolve("restored-" + point.replace('@', '-'));
        virtkeep.run("restore", point, "--repo", repo, "--to", restored.toString());
        Images.requireClean(restored.resolve("vda.qcow2"));
        Images.requireSame(restored.resolve("vda.qcow2"), "qcow2", expected, "qcow2");
    }
}
