package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.disk;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tools;

/// Domains and checkpoints from a script's point of view: two domains, of which `vm` runs and `off` does not.
@Tag("interop")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLineIT {
    private Path dir;
    private Requests requests;
    private Virtkeep virtkeep;

    @BeforeAll
    void start(@TempDir Path folder) {
        Tools.require("qemu-system-x86_64", "qemu-img");
        dir = folder;
        requests = new Requests(dir);
        virtkeep = Virtkeep.on(dir.resolve("root"));
        Path vda = Images.qcow2(dir.resolve("vda.qcow2"), "16M");
        Path vdb = Images.qcow2(dir.resolve("vdb.qcow2"), "8M");
        Path other = Images.qcow2(dir.resolve("off.qcow2"), "8M");
        virtkeep.run("define", requests.domain("vm", disk("vda", vda, "qcow2"), disk("vdb", vdb, "qcow2")));
        virtkeep.run("define", requests.domain("off", disk("vda", other, "qcow2")));
        virtkeep.run("start", "vm", "--paused");
    }

    @AfterAll
    void end() {
        virtkeep.run("destroy", "vm");
        virtkeep.run("undefine", "vm");
        virtkeep.run("undefine", "off");
        assertThat(names("--all")).isEmpty();
    }

    private List<String> names(String... filters) {
        String[] command = new String[filters.length + 2];
        command[0] = "list";
        command[1] = "--name";
        System.arraycopy(filters, 0, command, 2, filters.length);
        return virtkeep.run(command).lines().filter(line -> !line.isBlank()).toList();
    }

    @Test
    void theListPassesWhatItsFiltersAskFor() {
        virtkeep.run("suspend", "vm");
        assertThat(names("--state-paused")).containsExactly("vm");
        assertThat(names("--state-running", "--all")).isEmpty();
        virtkeep.run("resume", "vm");
        assertThat(virtkeep.run("domstate", "vm").strip()).isEqualTo("running");
        assertThat(names()).containsExactly("vm");
        assertThat(names("--all")).containsExactly("vm", "off");
        assertThat(names("--inactive")).containsExactly("off");
        assertThat(names("--state-shutoff")).containsExactly("off");
        assertThat(names("--state-running")).containsExactly("vm");
        assertThat(names("--all", "--persistent")).containsExactly("vm", "off");
        assertThat(names("--all", "--transient")).isEmpty();
        JsonNode all = virtkeep.json("list", "--all");
        assertThat(all.path(0).path("state").asText()).isEqualTo("running");
        assertThat(all.path(1).path("id").isNull()).isTrue();
    }

    @Test
    void theListKnowsWhoIsBeingBackedUpAndWhoHasCheckpoints() {
        int job = virtkeep.begin("vm", requests.pull("", dir.resolve("list.sock")), requests.checkpoint("listed"));
        assertThat(names("--all", "--with-backup")).containsExactly("vm");
        assertThat(names("--all", "--without-backup")).containsExactly("off");
        virtkeep.run("backup-end", "vm", "--id", Integer.toString(job));
        assertThat(names("--all", "--with-backup")).isEmpty();
        assertThat(names("--all", "--with-checkpoint")).containsExactly("vm");
        assertThat(names("--all", "--without-checkpoint")).containsExactly("off");
        virtkeep.run("checkpoint-delete", "vm", "listed");
    }

    @Test
    void disksAreListedWithTheirSizes() {
        JsonNode disks = virtkeep.json("domblklist", "vm");
        assertThat(disks).extracting(disk -> disk.path("target").asText()).containsExactly("vda", "vdb");
        assertThat(disks.path(0).path("source").asText())
                .isEqualTo(dir.resolve("vda.qcow2").toString());
        JsonNode sizes = virtkeep.json("domblkinfo", "vm", "--all");
        assertThat(sizes).extracting(disk -> disk.path("capacity").asLong()).containsExactly(16L << 20, 8L << 20);
        assertThat(virtkeep.run("domblkinfo", "vm", "vdb")).contains("Capacity:", "8388608");
        assertThat(virtkeep.run("dumpxml", "vm")).contains("<name>vm</name>", "<target dev='vdb' bus='virtio'/>");
    }

    @Test
    void aCheckpointIsMadeListedShownAndDeleted() {
        virtkeep.run("checkpoint-create-as", "vm", "monday");
        virtkeep.run("checkpoint-create-as", "vm", "tuesday", "--diskspec", "vda", "--diskspec", "vdb,checkpoint=no");
        assertThat(virtkeep.run("checkpoint-list", "vm", "--name").lines().filter(line -> !line.isBlank()))
                .containsExactly("monday", "tuesday");
        assertThat(virtkeep.run("checkpoint-dumpxml", "vm", "tuesday", "--size", "--no-domain"))
                .contains("<name>monday</name>") // the parent
                .contains("<disk name='vda' checkpoint='bitmap' bitmap='tuesday' size='0'/>")
                .contains("<disk name='vdb' checkpoint='no'/>");
        assertThat(virtkeep.refused(ErrorCode.OPERATION_FAILED, "checkpoint-create-as", "vm", "monday")
                        .path("message")
                        .asText())
                .contains("'monday'", "already exists");
        virtkeep.run("checkpoint-delete", "vm", "monday");
        virtkeep.run("checkpoint-delete", "vm", "tuesday");
        assertThat(virtkeep.json("checkpoint-list", "vm")).isEmpty();
    }
}
