package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tools;

/// Commits, copies and pulls from a script's point of view, without a daemon: each command is a process of its own.
@Tag("interop")
class BlockJobCommandsIT {
    @Test
    void aDisksImagesAreMergedCopiedAndPulled(@TempDir Path dir) throws IOException {
        Tools.require("qemu-system-x86_64", "qemu-img");
        var virtkeep = Virtkeep.on(dir.resolve("root"));
        Path vda = Images.qcow2(dir.resolve("vda.qcow2"), "16M");
        Images.io(vda, "qcow2", "write -P 0xa1 1M 2M");
        Path expected = Files.copy(vda, dir.resolve("expected.qcow2"));
        Path moved = dir.resolve("moved.qcow2");
        virtkeep.run("define", new Requests(dir).domain("vm", disk("vda", vda, "qcow2")));
        virtkeep.run("start", "vm");
        try {
            virtkeep.run("checkpoint-create-as", "vm", "c1");
            virtkeep.run("snapshot-create-as", "vm", "s1", "--disk-only");
            virtkeep.run("snapshot-create-as", "vm", "s2", "--disk-only");
            virtkeep.refused(ErrorCode.INVALID_ARG, "blockcommit", "vm", "vda", "--wait");
            assertThat(virtkeep.run("blockcommit", "vm", "vda", "--top", "vda[1]", "--delete", "--wait"))
                    .contains("completed");
            assertThat(dir.resolve("vda.s1")).doesNotExist();
            virtkeep.run("blockcommit", "vm", "vda", "--active");
            virtkeep.run("blockjob", "vm", "vda", "--abort");
            virtkeep.run("blockcopy", "vm", "vda", "--dest", moved.toString(), "--shallow", "--pivot");
            virtkeep.run("blockpull", "vm", "vda", "--wait");
            assertThat(virtkeep.run("domblklist", "vm")).contains(moved.toString());
            assertThat(virtkeep.run("blockjob", "vm", "vda")).contains("No current block job");
            assertThat(virtkeep.run("checkpoint-list", "vm", "--health")).contains("ok");
            virtkeep.refused(ErrorCode.INVALID_ARG, "blockjob", "vm", "vda", "--pivot");
        } finally {
            virtkeep.run("destroy", "vm");
        }
        assertThat(Images.info(moved).path("full-backing-filename").asText()).isEmpty();
        Images.requireSame(moved, "qcow2", expected, "qcow2");
    }
}
