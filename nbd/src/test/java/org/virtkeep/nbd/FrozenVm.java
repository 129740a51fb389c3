package org.virtkeep.nbd;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.VmDisk;

/// A real QEMU with one disk, `vda`, which a pull backup keeps frozen: bitmap, copy-before-write into a scratch
/// image, snapshot-access, and three exports on QEMU's own NBD server.
final class FrozenVm implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BITMAP = "vk1-0";

    private final HaltVm vm;
    private final Path directory;
    private final Path socket;

    private FrozenVm(HaltVm vm, Path directory, Path socket) {
        this.vm = vm;
        this.directory = directory;
        this.socket = socket;
    }

    /// Starts QEMU on `image`, with a second, unrelated disk.
    static FrozenVm start(Path directory, Path image) {
        var vda = VmDisk.qcow2("vda", image).withSharedWrites();
        var vdb = VmDisk.qcow2("vdb", Images.qcow2(directory.resolve("b.qcow2"), "16M"));
        var vm = HaltVm.in(directory).disks(vda, vdb).start();
        return new FrozenVm(vm, directory, directory.resolve("load-" + vm.pid()));
    }

    HaltVm vm() {
        return vm;
    }

    /// QEMU's own NBD server.
    NbdAddress upstream() {
        return new NbdAddress.Unix(socket.toString());
    }

    /// Opens the NBD server, if nothing has opened it before, through [HaltVm#load].
    void serve() {
        vm.monitor()
                .execute(
                        "nbd-server-start",
                        object(Map.of("addr", Map.of("type", "unix", "data", Map.of("path", socket.toString())))));
    }

    /// Freezes the disk and exports it. The server must be open.
    void freeze() {
        Path scratch = Images.qcow2(directory.resolve("scratch.qcow2"), size());
        run("blockdev-add", Map.of("driver", "qcow2", "node-name", "scr", "file", file(scratch)));
        run(
                "transaction",
                Map.of(
                        "actions",
                        List.of(
                                action("block-dirty-bitmap-add", Map.of("node", "vda", "name", BITMAP)),
                                action("block-dirty-bitmap-disable", Map.of("node", "vda", "name", BITMAP)),
                                action(
                                        "blockdev-backup",
                                        Map.of(
                                                "device",
                                                "vda",
                                                "target",
                                                "scr",
                                                "sync",
                                                "none",
                                                "job-id",
                                                "job",
                                                "filter-node-name",
                                                "cbw")))));
        run("blockdev-add", Map.of("driver", "snapshot-access", "node-name", "snap", "file", "cbw"));
        var bitmaps = List.of(Map.of("node", "vda", "name", BITMAP));
        run(
                "block-export-add",
                Map.of("type", "nbd", "id", "e1", "node-name", "snap", "name", "frozen", "bitmaps", bitmaps));
        run("block-export-add", Map.of("type", "nbd", "id", "e2", "node-name", "vda", "name", "live"));
        run(
                "block-export-add",
                Map.of("type", "nbd", "id", "e3", "node-name", "scr", "name", "scratch", "allocation-depth", true));
    }

    private String size() {
        return Images.info(vm.disk("vda").file()).path("virtual-size").asText();
    }

    /// A front-end for the frozen disk, as `vda`.
    NbdFrontEnd.Config frontEnd(NbdFrontEnd.Limits limits) {
        var fleecing = new RelayedExport.Fleecing("live", "scratch");
        var contexts = Map.of("qemu:dirty-bitmap:backup-vda", "qemu:dirty-bitmap:" + BITMAP);
        return config(new RelayedExport("vda", socket, "frozen", contexts, false, Optional.of(fleecing)), limits);
    }

    /// A front-end for QEMU's own view of the frozen disk, as `vda`.
    NbdFrontEnd.Config plainFrontEnd(boolean repairHoles) {
        var export = new RelayedExport("vda", socket, "frozen", Map.of(), repairHoles);
        return config(export, NbdFrontEnd.Limits.DEFAULT);
    }

    private NbdFrontEnd.Config config(RelayedExport export, NbdFrontEnd.Limits limits) {
        var listen = new NbdAddress.Unix(directory.resolve("relay").toString());
        return new NbdFrontEnd.Config(listen, List.of(export), limits);
    }

    void run(String command, Map<String, ?> arguments) {
        vm.monitor().execute(command, object(arguments));
    }

    private static Map<String, ?> file(Path path) {
        return Map.of("driver", "file", "filename", path.toString());
    }

    private static Map<String, ?> action(String type, Map<String, ?> arguments) {
        return Map.of("type", type, "data", arguments);
    }

    private static ObjectNode object(Map<String, ?> fields) {
        return JSON.valueToTree(fields);
    }

    @Override
    public void close() {
        vm.close();
    }
}
