package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.testkit.Bus;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tools;
import org.virtkeep.testkit.VmDisk;

/// Several jobs on a QEMU that someone else started, with disks of every kind and fewer monitors than keepers.
@Tag("qemu")
class AttachedJobsIT {
    private static final List<String> DISKS = List.of("vda", "vdb", "vdc", "sda");

    @TempDir
    Path dir;

    private HaltVm.Builder machine() throws IOException {
        Path base = Images.qcow2(dir.resolve("base.qcow2"), "16M");
        Images.io(base, "qcow2", "write -P 0xbb 0 4M");
        return HaltVm.in(Files.createDirectories(dir.resolve("vm")))
                .monitors(2)
                .disks(
                        VmDisk.qcow2("vda", Images.qcow2(dir.resolve("a.qcow2"), "16M")),
                        VmDisk.raw("vdb", Images.raw(dir.resolve("b.raw"), "16M")),
                        VmDisk.qcow2("vdc", Images.overlay(dir.resolve("c.qcow2"), base, "qcow2")),
                        VmDisk.qcow2("sda", Images.withDataFile(dir.resolve("d.qcow2"), dir.resolve("d.data"), "16M"))
                                .on(Bus.SCSI));
    }

    private int pull(Domain domain, String name, BackupBeginFlag... flags) {
        var disks = new StringBuilder();
        for (String disk : DISKS) {
            disks.append("<disk name='%s' type='file'><scratch file='%s'/></disk>"
                    .formatted(disk, dir.resolve(disk + "." + name)));
        }
        String xml = "<domainbackup mode='pull'><server transport='unix' socket='%s'/><disks>%s</disks></domainbackup>"
                .formatted(socket(name), disks);
        return domain.backupBegin(BackupXml.read(xml), Optional.empty(), Set.of(flags));
    }

    private Path socket(String name) {
        return dir.resolve(name + ".sock");
    }

    private List<Path> copies(String name, String suffix) {
        var copies = new ArrayList<Path>();
        for (String disk : DISKS) {
            Path copy = dir.resolve(disk + "." + name + "." + suffix);
            Shell.run("nbdcopy", "nbd+unix:///" + disk + "?socket=" + socket(name), copy.toString());
            copies.add(copy);
        }
        return copies;
    }

    private static void write(HaltVm vm, String command) {
        DISKS.forEach(disk -> vm.io(disk, command));
    }

    private static void requireSame(List<Path> copies, List<Path> expected) {
        for (int i = 0; i < copies.size(); i++) {
            Images.requireSame(copies.get(i), "raw", expected.get(i), "raw");
        }
    }

    @Test
    void eachIsOfItsOwnInstantOnDisksOfEveryKind() throws IOException {
        Tools.require("nbdcopy");
        Root root = Root.open(dir.resolve("root"));
        try (var vm = machine().start();
                Connection connection =
                        new EmbeddedConnection("qemu:///embed", root, JobServices.of(root, BackupSettings.DEFAULT))) {
            Domain domain = connection.attach("web", vm.monitorSockets());
            write(vm, "write -P 0x11 1M 2M");
            int one = pull(domain, "one");
            List<Path> first = copies("one", "before");
            write(vm, "write -P 0x22 2M 2M");
            int two = pull(domain, "two");
            List<Path> second = copies("two", "before");
            int three = pull(domain, "three");
            write(vm, "write -P 0x33 0 4M");
            write(vm, "write -z -u 1M 1M");
            requireSame(copies("two", "after"), second);
            assertThat(domain.backupEnd(two, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            requireSame(copies("three", "after"), second);
            assertThat(domain.backupEnd(three, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            requireSame(copies("one", "after"), first);
            assertThat(domain.backupEnd(one, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            assertRefused(
                            ErrorCode.OPERATION_UNSUPPORTED,
                            () -> pull(domain, "four", BackupBeginFlag.PRESERVE_SHUTDOWN))
                    .hasMessageContaining("-no-shutdown");
        }
    }
}
