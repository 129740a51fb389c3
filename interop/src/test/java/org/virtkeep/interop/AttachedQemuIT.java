package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.BlockState;
import org.virtkeep.testkit.Bus;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;
import org.virtkeep.testkit.VmDisk;

/// A QEMU that someone else started, with whatever monitors it has, taken over by its sockets and backed up.
@Tag("interop")
class AttachedQemuIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern SIZE = Pattern.compile("name='vda'[^>]* size='(\\d+)'");

    @TempDir
    Path dir;

    private Requests requests;
    private Virtkeep virtkeep;

    @BeforeEach
    void open() {
        Tools.require("qemu-system-x86_64", "qemu-img", "qemu-io", "nbdcopy", "nbdinfo", "nbdkit");
        requests = new Requests(dir);
        virtkeep = Virtkeep.on(dir.resolve("root"));
    }

    private Path image(String name) {
        return Images.qcow2(dir.resolve(name + ".qcow2"), "8M");
    }

    private void attach(HaltVm vm) {
        var command = new ArrayList<>(List.of("attach", "vm"));
        vm.monitorSockets().forEach(socket -> command.addAll(List.of("--qmp", socket.toString())));
        virtkeep.run(command.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void isBackedUpAndToldOfItsEnd(int monitors) {
        try (var vm = HaltVm.in(dir)
                .monitors(monitors)
                .disks(
                        VmDisk.qcow2("vda", image("first")),
                        VmDisk.qcow2("data", image("second")),
                        VmDisk.qcow2("disk0", image("third")).on(Bus.SCSI))
                .start()) {
            vm.io("vda", "write -f -P 0x11 0 1M");
            attach(vm);
            JsonNode disks = virtkeep.json("domblklist", "vm");
            assertThat(disks)
                    .extracting(disk -> disk.path("target").asText())
                    .containsExactlyInAnyOrder("vda", "vdb", "sda");
            BlockState before = BlockState.capture(vm.monitor());
            pushThenPull(vm);
            virtkeep.run("checkpoint-delete", "vm", "c1");
            before.requireUnchanged(vm.monitor());
            vm.kill();
            Virtkeep.Result next = virtkeep.attempt("list", "--all");
            assertThat(next.exitCode()).isZero();
            assertThat(next.err()).contains("'vm'");
            virtkeep.refused(ErrorCode.NO_DOMAIN, "domstate", "vm");
        }
    }

    private void pushThenPull(HaltVm vm) {
        String push = requests.push(
                "",
                target("vda", "qcow2", dir.resolve("p.vda")),
                target("vdb", "qcow2", dir.resolve("p.vdb")),
                target("sda", "qcow2", dir.resolve("p.sda")));
        virtkeep.run("backup-begin", "vm", push, requests.checkpoint("c1"), "--wait");
        vm.io("vda", "write -f -P 0x22 512k 64k");
        vm.io("data", "write -f -P 0x33 1M 64k");
        vm.io("disk0", "write -f -P 0x44 2M 64k");
        int id = virtkeep.begin("vm", requests.pull("c1", dir.resolve("pull.sock")));
        vm.io("vda", "write -f -P 0x55 0 2M"); // not part of the backup
        for (JsonNode disk : virtkeep.json("domjobinfo", "vm").path("disks")) {
            String name = disk.path("name").asText();
            Path layer = Nbd.fetchChanges(
                    disk.path("uri").asText(),
                    "backup-" + name,
                    dir.resolve("p." + name),
                    "qcow2",
                    dir.resolve(name + ".1"));
            Images.io(layer, "qcow2", patterns(name));
        }
        virtkeep.run("backup-end", "vm", "--id", Integer.toString(id));
    }

    private static String[] patterns(String disk) {
        return switch (disk) {
            case "vda" -> new String[] {"read -P 0x11 0 512k", "read -P 0x22 512k 64k", "read -P 0x11 576k 448k"};
            case "vdb" -> new String[] {"read -P 0x33 1M 64k", "read -P 0 0 1M"};
            default -> new String[] {"read -P 0x44 2M 64k", "read -P 0 0 2M"};
        };
    }

    @Test
    void aCheckpointNeverShrinksAndDeletingOneChangesNoOther() {
        try (var vm = HaltVm.in(dir).disks(VmDisk.qcow2("vda", image("a"))).start()) {
            attach(vm);
            for (int i = 1; i <= 3; i++) {
                virtkeep.run("checkpoint-create-as", "vm", "c" + i);
                vm.io("vda", "write -P 0x1%d %dM 256k".formatted(i, i));
            }
            assertThat(List.of(size("c1"), size("c2"), size("c3")))
                    .containsExactly(3L * 256 << 10, 2L * 256 << 10, 256L << 10);
            virtkeep.run("checkpoint-delete", "vm", "c2");
            assertThat(List.of(size("c1"), size("c3"))).containsExactly(3L * 256 << 10, 256L << 10);
            assertThat(virtkeep.json("checkpoint-list", "vm")
                            .path(1)
                            .path("parent")
                            .asText())
                    .isEqualTo("c1");
        }
    }

    private long size(String checkpoint) {
        String document = virtkeep.run("checkpoint-dumpxml", "vm", checkpoint, "--size", "--no-domain");
        var matcher = SIZE.matcher(document);
        assertThat(matcher.find()).as(document).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /// The disk's backing image is served at 1 MiB a second, so that the push runs until it is aborted.
    @Test
    void aPushThatRunsIsEndedOnlyByAnAbort() {
        Path socket = dir.resolve("slow.sock");
        try (var slow = ChildProcess.start(
                        "nbdkit",
                        List.of(
                                "nbdkit",
                                "-f",
                                "-U",
                                socket.toString(),
                                "--filter=rate",
                                "pattern",
                                "64M",
                                "rate=8M"));
                var vm = vmOverNbd(slow, socket)) {
            attach(vm);
            BlockState before = BlockState.capture(vm.monitor());
            String push = requests.push("", target("vda", "qcow2", dir.resolve("p.vda")));
            String id = Integer.toString(virtkeep.begin("vm", push));
            assertThat(virtkeep.json("domjobinfo", "vm", "--id", "0").path("id").asText())
                    .isEqualTo(id);
            virtkeep.refused(ErrorCode.OPERATION_INVALID, "backup-end", "vm", "--id", id);
            virtkeep.refused(ErrorCode.NO_DOMAIN_BACKUP, "backup-end", "vm", "--id", "4711");
            JsonNode end = virtkeep.json("backup-end", "vm", "--abort");
            assertThat(end.path("resultCode").asInt()).isZero();
            assertThat(virtkeep.json("domjobinfo", "vm", "--id", id)
                            .path("state")
                            .asText())
                    .isEqualTo("cancelled");
            before.requireUnchanged(vm.monitor());
        }
    }

    private HaltVm vmOverNbd(ChildProcess server, Path socket) {
        Await.until("nbdkit", LIMIT, () -> server.isAlive() && Files.exists(socket));
        Path vda = dir.resolve("vda.qcow2");
        String backing = "nbd+unix:///?socket=" + socket;
        Tool.run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", backing, vda.toString());
        return HaltVm.in(dir).disks(VmDisk.qcow2("vda", vda)).start();
    }
}
