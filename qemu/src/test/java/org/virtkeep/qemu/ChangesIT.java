package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.DeviceFlag;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Monitor;
import org.virtkeep.testkit.Tools;

/// What happens to a domain around a backup and while one runs.
@Tag("qemu")
class ChangesIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @Test
    void anIncrementalOfAResizedDiskIsRight() {
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 60M 4M");
            bench.requireCompleted(bench.push("", "c0", "p0"));
            vm.domain().blockResize("vda", 96L << 20);
            assertThat(vm.domain().blockInfo("vda").capacity()).isEqualTo(96L << 20);
            vm.write("vda", "write -P 0x22 63M 4M");
            bench.requireCompleted(bench.push("c0", "c1", "p1"));
            assertThat(vm.domain().backupJob(0).total()).isEqualTo(4L << 20);
            requireRight(vm, bench, "p0", "p1");
            vm.domain().blockResize("vda", 64L << 20);
            vm.write("vda", "write -P 0x33 1M 1M");
            bench.requireCompleted(bench.push("c1", "", "p2"));
            requireRight(vm, bench, "p1", "p2");
        }
    }

    private void requireRight(TestDomain vm, BackupBench bench, String below, String top) {
        Shell.run(
                "qemu-img",
                "rebase",
                "-u",
                "-F",
                "qcow2",
                "-b",
                bench.target("vda", below).toString(),
                bench.target("vda", top).toString());
        vm.write("vda", "flush");
        Images.requireSame(bench.target("vda", top), "qcow2", vm.image("vda"), "qcow2");
    }

    @Test
    void aDiskThatIsBackedUpIsNotResizedAndTheOthersAre() {
        try (var vm = TestDomain.in(dir).disks(2).start();
                var bench = new BackupBench(vm)) {
            int id = bench.begin(
                    "<domainbackup mode='pull'><server transport='unix' socket='%s'/><disks><disk name='vda' type='file'/></disks></domainbackup>"
                            .formatted(bench.socket()),
                    "");
            assertThatThrownBy(() -> vm.domain().blockResize("vda", 96L << 20))
                    .isInstanceOf(VirtException.class)
                    .hasMessageContaining("backup job " + id)
                    .extracting(failure -> ((VirtException) failure).code())
                    .isEqualTo(ErrorCode.OPERATION_INVALID);
            vm.domain().blockResize("vdb", 96L << 20);
            assertThat(vm.domain().blockInfo("vdb").capacity()).isEqualTo(96L << 20);
            vm.domain().backupEnd(id, Set.of());
            vm.domain().blockResize("vda", 96L << 20);
            vm.domain().destroy();
            assertThatThrownBy(() -> vm.domain().blockResize("vda", 64L << 20)).hasMessageContaining("not running");
        }
    }

    @Test
    void suspendingResumingAndResettingTheGuestDoNotTouchARunningPull() {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 8M");
            vm.write("vda", "flush");
            Path frozen = Images.convert(vm.image("vda"), "qcow2", dir.resolve("frozen"), "raw");
            int id = bench.pull("", "c0");
            vm.domain().suspend();
            vm.write("vda", "write -P 0x22 0 1M");
            vm.domain().resume();
            try (var monitor = Monitor.connect(vm.run().watchMonitors().getLast())) {
                monitor.execute("system_reset");
                monitor.awaitEvent("RESET", LIMIT);
            }
            vm.write("vda", "write -P 0x33 4M 1M");
            Images.requireSame(bench.copy("vda", "copy"), "raw", frozen, "raw");
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            int next = bench.pull("c0", "");
            assertThat(vm.domain().backupJob(next).total()).isEqualTo(2L << 20);
        }
    }

    @Test
    void aDiskIsPluggedBackedUpAndUnplugged() {
        try (var vm = TestDomain.in(dir)
                        .diskElements(
                                TestDomain.disk("sda", Images.qcow2(dir.resolve("sda.qcow2"), "64M"), "qcow2", "scsi"))
                        .start();
                var bench = new BackupBench(vm)) {
            Path image = Images.qcow2(dir.resolve("sdb.qcow2"), "64M");
            String element = TestDomain.disk("sdb", image, "qcow2", "scsi");
            int other = bench.pull("", "c0");
            vm.domain().attachDisk(element, Set.of(DeviceFlag.CONFIG));
            assertThatThrownBy(() -> vm.domain().attachDisk(element, Set.of())).isInstanceOf(VirtException.class);
            assertThatThrownBy(() -> vm.domain().detachDisk("sda", Set.of()))
                    .hasMessageContaining("backup job " + other);
            vm.domain().backupEnd(other, Set.of());
            vm.write("sdb", "write -P 0x11 0 1M");
            bench.requireCompleted(bench.push("", "c1", "p1"));
            vm.write("sdb", "flush");
            Images.requireSame(bench.target("sdb", "p1"), "qcow2", image, "qcow2");
            assertThatThrownBy(() -> bench.push("c0", "", "p2"))
                    .hasMessageContaining("'sdb'")
                    .extracting(failure -> ((VirtException) failure).code())
                    .isEqualTo(ErrorCode.CHECKPOINT_INCONSISTENT);
            vm.domain().detachDisk("sdb", Set.of());
            assertThat(vm.domain().blockDevices())
                    .extracting(disk -> disk.target())
                    .containsExactly("sda");
            assertThat(StoredBitmaps.of(image)).containsExactly("c1");
            Images.io(image, "qcow2", "write -P 0x22 0 1M");
            vm.domain().attachDisk(element, Set.of());
            vm.domain().destroy();
            assertThat(vm.domain().blockDevices()).hasSize(2);
            vm.domain().start(Set.of());
            vm.domain().detachDisk("sdb", Set.of(DeviceFlag.CONFIG));
            vm.domain().destroy();
            assertThat(vm.domain().blockDevices()).hasSize(1);
        }
    }

    @Test
    void virtioDisksArePluggedUntilTheSlotsAreTaken() {
        try (var vm = TestDomain.in(dir)
                        .diskElements(TestDomain.disk("vda", Images.qcow2(dir.resolve("vda.qcow2"), "8M")))
                        .start();
                var bench = new BackupBench(vm)) {
            for (String target : List.of("vdb", "vdc", "vdd", "vde")) {
                Path image = Images.qcow2(dir.resolve(target + ".qcow2"), "8M");
                vm.domain().attachDisk(TestDomain.disk(target, image), Set.of());
            }
            vm.write("vde", "write -P 0x55 0 1M");
            bench.requireCompleted(bench.push("", "", "p1"));
            vm.write("vde", "flush");
            Images.requireSame(bench.target("vde", "p1"), "qcow2", dir.resolve("vde.qcow2"), "qcow2");
            Path fifth = Images.qcow2(dir.resolve("vdf.qcow2"), "8M");
            assertThatThrownBy(() -> vm.domain().attachDisk(TestDomain.disk("vdf", fifth), Set.of()))
                    .hasMessageContaining("all 4 slots");
            assertThat(vm.domain().blockDevices()).hasSize(5);
        }
    }

    @Test
    void aDiskThatCannotBePluggedLeavesNoTrace() {
        try (var vm = TestDomain.in(dir).start()) {
            Path image = Images.qcow2(dir.resolve("sdb.qcow2"), "64M");
            String before = vm.domain().xml();
            assertThatThrownBy(() -> vm.domain().attachDisk(TestDomain.disk("sdb", image, "qcow2", "scsi"), Set.of()))
                    .hasMessageContaining("scsi0.0");
            assertThat(vm.domain().xml()).isEqualTo(before);
            Images.io(image, "qcow2", "write 0 64k");
        }
    }

    @Test
    void aMediumIsChangedWhileTheDisksAreBackedUp() {
        Tools.require("nbdcopy");
        Path first = Images.raw(dir.resolve("first.iso"), "1M");
        Path second = Images.raw(dir.resolve("second.iso"), "2M");
        String cdrom = """
                <disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='%s'/>
                <target dev='sda' bus='sata'/><readonly/></disk>
                """.formatted(first);
        try (var vm = TestDomain.in(dir)
                        .diskElements(TestDomain.disk("vda", Images.qcow2(dir.resolve("vda.qcow2"), "64M")), cdrom)
                        .start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 1M");
            int id = bench.pull("", "");
            vm.domain().changeMedia("sda", Optional.of(second.toString()), false);
            assertThat(vm.domain().blockInfo("sda").capacity()).isEqualTo(2L << 20);
            assertThatThrownBy(() -> vm.domain().changeMedia("sda", Optional.of("/no/such.iso"), false))
                    .hasMessageContaining("/no/such.iso");
            vm.domain().changeMedia("sda", Optional.empty(), false);
            assertThat(vm.domain().xml()).doesNotContain("second.iso");
            vm.domain().changeMedia("sda", Optional.of(first.toString()), false);
            Path copy = bench.copy("vda", "copy");
            vm.domain().backupEnd(id, Set.of());
            assertThatThrownBy(() -> vm.domain().changeMedia("vda", Optional.empty(), false))
                    .hasMessageContaining("no drive 'vda'");
            vm.domain().destroy();
            Images.requireSame(copy, "raw", vm.image("vda"), "qcow2");
        }
    }
}
