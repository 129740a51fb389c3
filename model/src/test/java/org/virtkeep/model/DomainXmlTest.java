package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class DomainXmlTest {

    @Test
    void readsAServerAsVirtInstallMakesIt() {
        DomainDefinition domain = DomainXml.read(Documents.SERVER);
        assertThat(domain.name()).isEqualTo("web01");
        assertThat(domain.uuid()).hasToString("4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
        assertThat(domain.title()).hasValue("Web server");
        assertThat(domain.type()).isEqualTo(DomainDefinition.Type.KVM);
        assertThat(domain.memoryBytes()).isEqualTo(2L << 30);
        assertThat(domain.vcpus()).isEqualTo(4);
        assertThat(domain.machine()).isEqualTo(new DomainDefinition.Machine("x86_64", "pc-q35-7.2"));
        assertThat(domain.cpu())
                .isEqualTo(new DomainDefinition.Cpu(
                        Optional.of("host-passthrough"),
                        Optional.empty(),
                        OptionalInt.of(1),
                        OptionalInt.of(2),
                        OptionalInt.of(2)));
        assertThat(domain.boot().loader()).hasValue("/usr/share/OVMF/OVMF_CODE_4M.fd");
        assertThat(domain.boot().nvram()).hasValue("/var/lib/libvirt/qemu/nvram/web01_VARS.fd");
        assertThat(domain.nvramTemplate()).hasValue("/usr/share/OVMF/OVMF_VARS_4M.fd");
        assertThat(domain.boot().devices()).isEmpty();
        assertThat(domain.features())
                .isEqualTo(Map.of(
                        "acpi",
                        true,
                        "apic",
                        true,
                        "vmport",
                        false,
                        "hpet",
                        false,
                        "suspend-to-mem",
                        false,
                        "suspend-to-disk",
                        false));
        assertThat(domain.lifecycle()).isEqualTo(new DomainDefinition.Lifecycle("destroy", "restart", "destroy"));
        assertThat(domain.iothreads()).isEqualTo(2);
        assertThat(domain.interfaces())
                .containsExactly(new DomainDefinition.NetworkInterface("virtio", Optional.of("52:54:00:aa:bb:cc")));
        assertThat(domain.serials()).containsExactly(new DomainDefinition.SerialPort.Pty());
        assertThat(domain.agentChannel()).isTrue();
        assertThat(domain.vnc()).hasValue(new DomainDefinition.Vnc(Optional.empty(), "127.0.0.1", -1));
        assertThat(domain.videoModel()).hasValue("virtio");
        assertThat(domain.hasTablet()).isTrue();
        assertThat(domain.rng()).isTrue();
        assertThat(domain.memballoon()).isTrue();
    }

    @Test
    void readsItsDisks() {
        var disks = DomainXml.read(Documents.SERVER).disks();
        assertThat(disks).extracting(DomainDisk::target).containsExactly("vda", "vdb", "sda", "sdb", "sdc");
        assertThat(disks.get(0))
                .isEqualTo(new DomainDisk(
                        "vda",
                        DomainDisk.Device.DISK,
                        DomainDisk.Bus.VIRTIO,
                        Optional.of(new DiskSource.File("/var/lib/libvirt/images/web01.qcow2")),
                        "qcow2",
                        false,
                        Optional.empty(),
                        Optional.of("WEB01"),
                        Optional.of("none"),
                        Optional.of("unmap"),
                        Optional.of("unmap"),
                        Optional.of("native"),
                        Optional.of("stop"),
                        OptionalInt.of(2),
                        OptionalInt.of(1)));
        assertThat(disks.get(1).dataFile()).hasValue(new DiskSource.File("/var/lib/libvirt/images/data.raw"));
        assertThat(disks.get(2).source()).hasValue(new DiskSource.Block("/dev/vg0/logs"));
        assertThat(disks.get(2).bus()).isEqualTo(DomainDisk.Bus.SCSI);
        assertThat(disks.get(3).source())
                .hasValue(new DiskSource.Nbd(Optional.empty(), Optional.of("storage"), 10809, "shared"));
        assertThat(disks.get(4).device()).isEqualTo(DomainDisk.Device.CDROM);
        assertThat(disks.get(4).source()).isEmpty();
        assertThat(disks.get(4).readOnly()).isTrue();
    }

    @Test
    void keepsTheDocument() {
        assertThat(DomainXml.read(Documents.SERVER).document().write()).isEqualTo(Documents.SERVER);
    }
}
