package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Json;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;
import org.virtkeep.testkit.VmDisk;

/// A disk of 1 TiB that holds almost nothing: maps of it take time for what it holds, not for what it could. That is
/// what the limit of every tool's run is for; a walk through all granules would not end within it.
@Tag("interop")
class LargeDiskIT {
    private static final long TIB = 1L << 40;
    private static final long MIB = 1L << 20;

    @TempDir
    Path dir;

    @Test
    void anAlmostEmptyTebibyteIsMappedAndFetched() {
        Tools.require("qemu-system-x86_64", "qemu-img", "qemu-io", "nbdinfo");
        var requests = new Requests(dir);
        var virtkeep = Virtkeep.on(dir.resolve("root"));
        Path image = Images.qcow2(dir.resolve("vda.qcow2"), "1T");
        Images.io(image, "qcow2", "write -P 0x61 0 1M", "write -P 0x62 700G 1M");
        try (var vm = HaltVm.in(dir).disks(VmDisk.qcow2("vda", image)).start()) {
            virtkeep.run("attach", "vm", "--qmp", vm.monitorSockets().getFirst().toString());
            virtkeep.run("checkpoint-create-as", "vm", "c1");
            vm.io("vda", "write -P 0x63 512G 64k");
            vm.io("vda", "write -P 0x64 1099511562240 64k"); // the very last 64 KiB
            virtkeep.begin("vm", requests.pull("c1", dir.resolve("pull.sock")));
            String uri = "nbd+unix:///vda?socket=" + dir.resolve("pull.sock");
            vm.io("vda", "write -P 0x65 0 2M");
            assertThat(Nbd.list(uri).path("exports").path(0).path("export-size").asLong())
                    .isEqualTo(TIB);
            assertThat(Nbd.dirty(uri, "backup-vda"))
                    .containsExactly(new ByteRange(TIB / 2, 65536), new ByteRange(TIB - 65536, 65536));
            requireData(uri);
            Path layer = Nbd.fetchChanges(uri, "backup-vda", image, "qcow2", dir.resolve("layer.qcow2"));
            virtkeep.run("backup-end", "vm");
            vm.quit();
            Images.io(
                    layer, "qcow2", "read -P 0x63 512G 64k", "read -P 0x64 1099511562240 64k", "read -P 0x62 700G 1M");
        }
    }

    /// Data is where data was, and nearly nowhere else.
    private static void requireData(String uri) {
        List<ByteRange> data = Nbd.map(uri, "base:allocation").stream()
                .filter(extent -> (extent.flags() & 2) == 0)
                .map(Nbd.Extent::range)
                .toList();
        assertThat(data).anyMatch(range -> range.offset() == 0 && range.length() >= MIB);
        assertThat(data).anyMatch(range -> range.offset() <= 700L << 30 && range.end() >= (700L << 30) + MIB);
        assertThat(data.stream().mapToLong(ByteRange::length).sum()).isLessThan(16 * MIB);
        long zeros = 0;
        for (JsonNode extent : Json.parse(Tool.run("qemu-img", "map", "--output=json", "-f", "raw", uri))) {
            zeros += extent.path("zero").asBoolean() ? extent.path("length").asLong() : 0;
        }
        assertThat(zeros).isBetween(TIB - 16 * MIB, TIB);
    }
}
