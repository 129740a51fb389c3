package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.disk;
import static org.virtkeep.interop.Requests.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Json;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// What a QEMU that dies, or that is stopped in order, leaves of the chain of backups.
@Tag("interop")
class CrashedDomainIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @Test
    void afterACrashAFullBackupBeginsANewChain() throws IOException {
        Tools.require("qemu-system-x86_64", "qemu-img", "qemu-io");
        var requests = new Requests(dir);
        var virtkeep = Virtkeep.on(dir.resolve("root"));
        Path vda = Images.qcow2(dir.resolve("vda.qcow2"), "8M");
        Images.io(vda, "qcow2", "write -P 0x77 1M 1M");
        virtkeep.run("define", requests.domain("vm", disk("vda", vda, "qcow2")));
        virtkeep.run("start", "vm");
        virtkeep.run("backup-begin", "vm", push(requests, "", "full1"), requests.checkpoint("c1"), "--wait");
        virtkeep.run("destroy", "vm"); // in order: the bitmap is stored
        virtkeep.run("start", "vm");
        virtkeep.run("backup-begin", "vm", push(requests, "c1", "inc1"), requests.checkpoint("c2"), "--wait");
        killQemu();
        Virtkeep.Result told = virtkeep.attempt("domstate", "vm");
        assertThat(told.out().strip()).isEqualTo("shut off");
        virtkeep.run("start", "vm");
        assertThat(virtkeep.refused(
                                ErrorCode.CHECKPOINT_INCONSISTENT, "backup-begin", "vm", push(requests, "c2", "inc2"))
                        .path("message")
                        .asText())
                .contains("'vda'", "'c2'", "full backup");
        assertThat(dir.resolve("inc2")).doesNotExist();
        virtkeep.run("checkpoint-delete", "vm", "c1");
        virtkeep.run("checkpoint-delete", "vm", "c2");
        virtkeep.run("backup-begin", "vm", push(requests, "", "full2"), requests.checkpoint("c3"), "--wait");
        virtkeep.run("backup-begin", "vm", push(requests, "c3", "inc3"), "--wait");
        Images.requireSame(vda, "qcow2", dir.resolve("full2"), "qcow2");
        virtkeep.run("destroy", "vm");
        Images.requireClean(vda);
    }

    private String push(Requests requests, String since, String name) {
        return requests.push(since, target("vda", "qcow2", dir.resolve(name)));
    }

    /// Kills the QEMU that has our image open, as a crash does.
    private void killQemu() throws IOException {
        Path run = dir.resolve("root/domains/vm/live.json");
        long pid = Json.parse(Files.readString(run)).path("process").path("pid").asLong();
        ProcessHandle qemu = ProcessHandle.of(pid).orElseThrow();
        assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"))).contains(dir.toString());
        Tool.run(List.of("kill", "-9", Long.toString(pid)));
        Await.until("QEMU's end", LIMIT, () -> !qemu.isAlive());
    }
}
