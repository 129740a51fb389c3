package org.virtkeep.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BlockInfo;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.TestDomain;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.CharacterDevice;
import org.virtkeep.qmp.QomGet;
import org.virtkeep.qmp.QueryBlock;
import org.virtkeep.qmp.QueryChardev;
import org.virtkeep.qmp.QueryIothreads;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;

@Tag("qemu")
class CommandLineIT {
    private static final int HEADER_LENGTH_AT = 100; // docs/interop/qcow2.txt
    private static final int BACKING_FORMAT_EXTENSION = 0xE2792ACA;

    @TempDir
    private Path dir;

    /// What a definition can hold, all of it, in a QEMU that takes it.
    @Test
    void runsEverythingThatCanBeDefined() throws IOException {
        Path base = Images.raw(dir.resolve("base, raw"), "16M"); // a comma and a blank, to be escaped
        String devices = """
                <disk><driver name='qemu' type='qcow2' cache='none' discard='unmap' detect_zeroes='unmap' iothread='2'
                  error_policy='enospace'/><source file='%s'/><target dev='vda' bus='virtio'/><serial>S,1</serial></disk>
                <disk><driver name='qemu' type='raw'/><source file='%s'/><target dev='vdb' bus='virtio'/></disk>
                <disk><driver name='qemu' type='qcow2'/><source file='%s'/><target dev='sda' bus='scsi'/></disk>
                <disk><driver name='qemu' type='qcow2'/><source file='%s'/><target dev='sdb' bus='sata'/></disk>
                <disk device='cdrom'><target dev='sdc' bus='sata'/><readonly/></disk>
                <disk device='cdrom'><driver name='qemu' type='raw'/><source file='%s'/><target dev='sdd' bus='scsi'/>
                  <readonly/></disk>
                <interface type='user'><mac address='52:54:00:12:34:56'/><model type='virtio'/></interface>
                <interface type='user'><model type='e1000'/></interface>
                <serial type='file'><source path='%s' append='on'/></serial>
                <serial type='unix'><source mode='bind' path='%s'/></serial>
                <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
                <input type='tablet' bus='usb'/>
                <graphics type='vnc' socket='%s'/>
                <video><model type='virtio'/></video>
                <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
                <memballoon model='virtio'/>
                """.formatted(
                Images.overlay(
                        dir.resolve("top.qcow2"), Images.overlay(dir.resolve("middle.qcow2"), base, "raw"), "qcow2"),
                Images.raw(dir.resolve("b.raw"), "8M"),
                Images.withDataFile(dir.resolve("c.qcow2"), dir.resolve("c.data"), "8M"),
                Images.qcow2(dir.resolve("d.qcow2"), "8M"),
                Images.raw(dir.resolve("cd.iso"), "1M"),
                dir.resolve("serial, 1.log"),
                dir.resolve("serial.sock"),
                dir.resolve("vnc.sock"));
        String extra = """
                <vcpu>2</vcpu><iothreads>2</iothreads>
                <cpu mode='maximum'><topology sockets='1' cores='2' threads='1'/></cpu>
                <features><acpi/><apic/><vmport state='off'/></features>
                <clock offset='localtime'><timer name='hpet' present='no'/></clock>
                <pm><suspend-to-mem enabled='no'/></pm><on_reboot>destroy</on_reboot>
                """;
        try (var vm = TestDomain.in(dir)
                        .name("web, 1")
                        .diskElements(devices)
                        .with(extra)
                        .start();
                DomainSession session = vm.session()) {
            assertThat(session.disks())
                    .extracting(LiveDisk::target, LiveDisk::node, LiveDisk::iothread)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("vda", "vda", Optional.of("iothread2")),
                            org.assertj.core.groups.Tuple.tuple("vdb", "vdb", Optional.empty()),
                            org.assertj.core.groups.Tuple.tuple("sda", "sda", Optional.empty()),
                            org.assertj.core.groups.Tuple.tuple("sdb", "sdb", Optional.empty()),
                            org.assertj.core.groups.Tuple.tuple("sdd", "sdd", Optional.empty()));
            assertThat(session.execute(new QueryBlock())).hasSize(6);
            assertThat(session.execute(new QueryIothreads())).hasSize(2);
            assertThat(session.execute(new QueryNamedBlockNodes()))
                    .extracting(BlockNode::name)
                    .contains("vda-b1", "vda-b2", "vda-b2-f", "sda-d")
                    .doesNotContain("vda-b3");
            assertThat(session.execute(new QueryChardev()))
                    .extracting(CharacterDevice::label)
                    .contains("agent0", "serial0", "serial1");
            assertThat(CommandLine.agentSocket(session.folder())).exists();
            assertThat(dir.resolve("serial, 1.log")).exists();
            assertThat(dir.resolve("vnc.sock")).exists();
            assertThat(session.execute(new QomGet("/machine/peripheral/vda", "werror"))
                            .asText())
                    .isEqualTo("enospc");
            assertThat(session.execute(new QomGet("/machine/peripheral/vdb", "werror"))
                            .asText())
                    .isEqualTo("stop");
            assertThat(session.execute(new QomGet("/machine/peripheral/sda", "werror"))
                            .asText())
                    .isEqualTo("stop");
        }
    }

    @Test
    void aBlockDeviceIsADiskToo() {
        Path file = Images.raw(dir.resolve("device"), "16M");
        Tool.Result loop = Tool.attempt("losetup", "--find", "--show", file.toString());
        assumeTrue(loop.exitCode() == 0, "this user may not make loop devices: " + loop.output());
        String device = loop.output().strip();
        try {
            Tool.run("qemu-img", "create", "-q", "-f", "qcow2", device, "8M");
            runWithDevice(device);
        } finally {
            Tool.run("losetup", "-d", device);
        }
    }

    private void runWithDevice(String device) {
        String disk = """
                <disk type='block'><driver name='qemu' type='qcow2'/><source dev='%s'/>
                <target dev='vda' bus='virtio'/></disk>""".formatted(device);
        try (var vm = TestDomain.in(dir).diskElements(disk).start()) {
            vm.write("vda", "write -P 0x11 0 64k");
            BlockInfo info = vm.domain().blockInfo("vda");
            assertThat(info.capacity()).isEqualTo(8 << 20);
            assertThat(info.physical()).isEqualTo(16 << 20);
            assertThat(info.allocation()).isBetween(64L << 10, 1L << 20);
            assertThat(vm.domain().blockDevices().getFirst().type()).isEqualTo("block");
            vm.domain().destroy();
            assertThat(vm.domain().blockInfo("vda")).isEqualTo(new BlockInfo(8 << 20, 16 << 20, 16 << 20));
        }
    }

    @Test
    void firmwareWithVariablesGetsItsStoreFromATemplate() throws IOException {
        Path code = Files.write(dir.resolve("FW_CODE.fd"), new byte[1 << 20]);
        Path variables = Files.write(dir.resolve("FW_VARS.fd"), new byte[1 << 17]);
        Path store = dir.resolve("store.fd");
        try (var vm = TestDomain.in(dir).define()) {
            String xml = vm.domain()
                    .xml()
                    .replaceAll(
                            "<loader.*</loader>",
                            "<loader readonly='yes' type='pflash'>" + code + "</loader><nvram>" + store + "</nvram>")
                    .replaceAll("<os>", "<features><acpi/></features><os>");
            vm.connection().define(xml);
            Files.delete(variables);
            assertThatThrownBy(() -> vm.domain().start(Set.of()))
                    .hasMessageContaining("template")
                    .extracting(e -> ((VirtException) e).code())
                    .isEqualTo(ErrorCode.CONFIG_UNSUPPORTED);
            Files.write(variables, new byte[1 << 17]);
            vm.domain().start(Set.of(org.virtkeep.api.Domain.StartFlag.PAUSED));
            assertThat(store).exists();
        }
    }

    @Test
    void aBackingImageOfUnknownFormatIsRefusedWithTheWayOut() throws IOException {
        Path base = Images.raw(dir.resolve("base.raw"), "8M");
        Path top = Images.overlay(dir.resolve("vda.qcow2"), base, "raw");
        forgetBackingFormat(top);
        try (var vm =
                TestDomain.in(dir).diskElements(TestDomain.disk("vda", top)).define()) {
            assertThatThrownBy(() -> vm.domain().start(Set.of()))
                    .hasMessageContaining("qemu-img rebase -u -F FORMAT -b '" + base + "' '" + top + "'")
                    .extracting(e -> ((VirtException) e).code())
                    .isEqualTo(ErrorCode.CONFIG_UNSUPPORTED);
        }
    }

    /// Makes the header extension "backing file format" one that nobody knows, as old images have none.
    private static void forgetBackingFormat(Path image) throws IOException {
        byte[] header = Files.readAllBytes(image);
        int at = ByteBuffer.wrap(header).getInt(HEADER_LENGTH_AT);
        assertThat(ByteBuffer.wrap(header).getInt(at)).isEqualTo(BACKING_FORMAT_EXTENSION);
        ByteBuffer.wrap(header).putInt(at, 0x12345678);
        Files.write(image, header);
    }

    @Test
    void readsRelativeBackingFilesAsTheirImageMeansThem() throws IOException {
        Path images = Files.createDirectory(dir.resolve("images"));
        Images.raw(images.resolve("base.raw"), "8M");
        Path top = images.resolve("top.qcow2");
        Tool.run("sh", "-c", "cd '" + images + "' && qemu-img create -q -f qcow2 -b base.raw -F raw top.qcow2");
        try (var vm = TestDomain.in(dir)
                        .diskElements(TestDomain.disk("vda", top))
                        .start();
                DomainSession session = vm.session()) {
            assertThat(session.disk("vda").virtualSizeBytes()).isEqualTo(8 << 20);
        }
    }

    @Test
    void bootOrderFollowsTheDefinition() {
        DomainDefinition domain = DomainXml.read("""
                <domain type='qemu'><name>vm</name><memory>65536</memory>
                <os><type>hvm</type><boot dev='network'/><boot dev='cdrom'/><boot dev='hd'/></os>
                <devices><disk><driver type='raw'/><source file='/a'/><target dev='vda'/></disk>
                <disk device='cdrom'><target dev='sda' bus='sata'/></disk>
                <interface type='user'><model type='virtio'/></interface></devices></domain>""");
        assertThat(BootOrder.of(domain)).isEqualTo(new BootOrder(java.util.Map.of("vda", 3, "sda", 2), Optional.of(1)));
    }
}
