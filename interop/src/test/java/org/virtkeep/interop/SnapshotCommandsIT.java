package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.disk;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// Snapshots from a script's point of view.
@Tag("interop")
class SnapshotCommandsIT {
    private static final Path SCHEMA = Path.of("/usr/share/libvirt/schemas/domainsnapshot.rng");

    @Test
    void aDomainGoesThroughSnapshots(@TempDir Path dir) throws IOException {
        Tools.require("qemu-system-x86_64", "qemu-img", "xmllint");
        var virtkeep = Virtkeep.on(dir.resolve("root"));
        Path vda = Images.qcow2(dir.resolve("vda.qcow2"), "16M");
        Images.io(vda, "qcow2", "write -P 0xa1 1M 2M");
        virtkeep.run("define", new Requests(dir).domain("vm", disk("vda", vda, "qcow2")));
        virtkeep.run("start", "vm");
        try {
            Path checkpoint =
                    Files.writeString(dir.resolve("c1.xml"), "<domaincheckpoint><name>c1</name></domaincheckpoint>");
            virtkeep.run("snapshot-create-as", "vm", "s1", "--disk-only", "--checkpointxml", checkpoint.toString());
            virtkeep.run("snapshot-create-as", "vm", "s2", "--disk-only", "--diskspec", "vda,file=" + dir.resolve("x"));
            assertThat(virtkeep.run("snapshot-list", "vm", "--tree")).isEqualTo("s1\n  |\n  +- s2\n");
            assertThat(virtkeep.run("checkpoint-list", "vm", "--name")).isEqualTo("c1\n");
            JsonNode disks = virtkeep.json("domblklist", "vm");
            assertThat(disks.toString()).contains(dir.resolve("x").toString());
            Path stored = Files.writeString(dir.resolve("s2.xml"), virtkeep.run("snapshot-dumpxml", "vm", "s2"));
            Tool.run("xmllint", "--noout", "--relaxng", SCHEMA.toString(), stored.toString());
            virtkeep.refused(ErrorCode.CONFIG_UNSUPPORTED, "snapshot-create-as", "vm", "s3");
            virtkeep.run("snapshot-delete", "vm", "s1");
            assertThat(virtkeep.run("snapshot-current", "vm", "--name")).isEqualTo("s2\n");
            virtkeep.refused(ErrorCode.OPERATION_INVALID, "snapshot-revert", "vm", "s2");
            virtkeep.run("destroy", "vm");
            virtkeep.run("snapshot-revert", "vm", "s2", "--paused");
            virtkeep.run("snapshot-delete", "vm", "--current");
            assertThat(virtkeep.run("snapshot-list", "vm", "--name")).isEmpty();
        } finally {
            virtkeep.run("destroy", "vm");
        }
        assertThat(dir.resolve("vda.s1")).doesNotExist();
        virtkeep.run("start", "vm", "--paused");
        assertThat(virtkeep.run("domblklist", "vm")).contains(vda + "\n");
        virtkeep.run("destroy", "vm");
    }
}
