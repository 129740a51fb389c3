package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("qemu")
class HaltVmIT {

    @TempDir
    Path directory;

    @Test
    void runsWithDisksOnEveryBusAndWritesLikeAGuest() {
        var vda = VmDisk.qcow2("vda", Images.qcow2(directory.resolve("a.qcow2"), "16M"));
        var sda =
                VmDisk.raw("sda", Images.raw(directory.resolve("b.raw"), "16M")).on(Bus.SCSI);
        var sdb = VmDisk.qcow2("sdb", Images.qcow2(directory.resolve("c.qcow2"), "16M"))
                .on(Bus.SATA);
        try (var vm = HaltVm.in(directory).disks(vda, sda, sdb).monitors(3).start()) {
            assertThat(vm.monitor().execute("query-status").path("status").asText())
                    .isEqualTo("running");
            assertThat(vm.monitorSockets()).hasSize(3);
            for (VmDisk disk : vm.disks()) {
                vm.io(disk.id(), "write -P 0x11 0 1M");
                vm.io(disk.id(), "write -z -u 0 64k");
                vm.io(disk.id(), "read -P 0x11 64k 64k");
                assertThat(vm.topNode(disk.id())).isEqualTo(disk.id());
            }
            vm.quit();
        }
        Images.io(directory.resolve("b.raw"), "raw", "read -P 0x11 64k 960k");
    }

    @Test
    void aWriteThatFailsFailsTheTest() {
        var vda = VmDisk.qcow2("vda", Images.qcow2(directory.resolve("a.qcow2"), "1M"));
        try (var vm = HaltVm.in(directory).disks(vda).start()) {
            assertThatThrownBy(() -> vm.io("vda", "write 2M 1M")).isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> vm.io("vda", "read -P 1 0 1M")).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void takesALoadThroughAWritableExport() throws IOException {
        var vda = VmDisk.qcow2("vda", Images.qcow2(directory.resolve("a.qcow2"), "16M"))
                .withSharedWrites();
        try (var vm = HaltVm.in(directory).disks(vda).start();
                var load = vm.load("vda")) {
            load.write(4096, new byte[] {1, 2, 3, 4});
            load.writeZeroes(65536, 65536);
            load.trim(0, 4096);
            load.flush();
            assertThat(load.sizeBytes()).isEqualTo(16 << 20);
        }
    }
}
