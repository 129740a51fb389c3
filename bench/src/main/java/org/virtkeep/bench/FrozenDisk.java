package org.virtkeep.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.VmDisk;

/// A real QEMU without a guest whose disk a pull backup keeps frozen, with the exports `frozen`, `live` and `scratch`.
final class FrozenDisk implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HaltVm vm;
    private final Path socket;

    private FrozenDisk(HaltVm vm, Path socket) {
        this.vm = vm;
        this.socket = socket;
    }

    static FrozenDisk start(Path directory, Path qcow2) {
        var vm = HaltVm.in(directory).disks(VmDisk.qcow2("vda", qcow2)).start();
        var disk = new FrozenDisk(vm, directory.resolve("qemu.nbd"));
        String size = Images.info(qcow2).path("virtual-size").asText();
        disk.freeze(Images.qcow2(directory.resolve("scratch.qcow2"), size));
        return disk;
    }

    private void freeze(Path scratch) {
        var file = Map.of("driver", "file", "filename", scratch.toString());
        run("blockdev-add", Map.of("driver", "qcow2", "node-name", "scr", "file", file));
        run(
                "blockdev-backup",
                Map.of("device", "vda", "target", "scr", "sync", "none", "job-id", "job", "filter-node-name", "cbw"));
        run("blockdev-add", Map.of("driver", "snapshot-access", "node-name", "snap", "file", "cbw"));
        var address = Map.of("type", "unix", "data", Map.of("path", socket.toString()));
        run("nbd-server-start", Map.of("addr", address));
        export("frozen", "snap");
        export("live", "vda");
        export("scratch", "scr");
    }

    private void export(String name, String node) {
        run(
                "block-export-add",
                Map.of("type", "nbd", "id", name, "name", name, "node-name", node, "allocation-depth", true));
    }

    private void run(String command, Map<String, ?> arguments) {
        ObjectNode object = JSON.valueToTree(arguments);
        vm.monitor().execute(command, object);
    }

    Path socket() {
        return socket;
    }

    long pid() {
        return vm.pid();
    }

    @Override
    public void close() {
        vm.close();
    }
}
