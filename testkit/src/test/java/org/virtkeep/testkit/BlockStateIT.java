package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("qemu")
class BlockStateIT {

    @TempDir
    Path directory;

    @Test
    void seesEveryThingAJobMayLeaveBehindAndNoWrites() {
        var vda = VmDisk.qcow2("vda", Images.qcow2(directory.resolve("a.qcow2"), "1M"));
        try (var vm = HaltVm.in(directory).disks(vda).start()) {
            Monitor monitor = vm.monitor();
            BlockState before = BlockState.capture(monitor);
            OpenFiles files = OpenFiles.of(vm.pid());
            vm.io("vda", "write 0 64k");
            before.requireUnchanged(monitor);

            ObjectNode bitmap = Json.object("node", "vda", "name", "cp0");
            monitor.execute("block-dirty-bitmap-add", bitmap);
            requireSeen(before, monitor, "bitmaps added: [vda/cp0 recording granularity 65536]");
            vm.io("vda", "write 0 64k");
            BlockState.capture(monitor).requireUnchanged(monitor);
            monitor.execute("block-dirty-bitmap-remove", bitmap);

            monitor.execute("blockdev-add", Json.object("driver", "null-co", "node-name", "extra", "size", 1 << 20));
            requireSeen(before, monitor, "nodes added: [extra null-co");
            monitor.execute(
                    "blockdev-backup",
                    Json.object(
                            "device", "vda", "target", "extra", "sync", "full", "job-id", "j", "auto-dismiss", false));
            monitor.awaitEvent("BLOCK_JOB_COMPLETED", Duration.ofSeconds(30));
            requireSeen(before, monitor, "jobs added: [j backup concluded]");
            monitor.execute("job-dismiss", Json.object("id", "j"));
            monitor.execute("blockdev-del", Json.object("node-name", "extra"));

            vm.monitor()
                    .execute(
                            "nbd-server-start",
                            Json.object(
                                    "addr",
                                    Json.object(
                                            "type",
                                            "unix",
                                            "data",
                                            Json.object(
                                                    "path",
                                                    directory.resolve("nbd").toString()))));
            monitor.execute("block-export-add", Json.object("type", "nbd", "id", "e", "node-name", "vda"));
            requireSeen(before, monitor, "exports added: [e of vda]");
            assertThat(OpenFiles.of(vm.pid()).listening()).contains("unix " + directory.resolve("nbd"));
            assertThat(OpenFiles.of(vm.pid()).paths()).contains(vda.file().toString());
            monitor.execute("block-export-del", Json.object("id", "e"));
            monitor.execute("nbd-server-stop");
            files.requireUnchanged(vm.pid());
            before.requireUnchanged(monitor);
        }
    }

    private static void requireSeen(BlockState before, Monitor monitor, String difference) {
        assertThatThrownBy(() -> before.requireUnchanged(monitor))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(difference);
    }
}
