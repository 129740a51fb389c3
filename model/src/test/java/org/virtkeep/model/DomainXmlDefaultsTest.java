package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a domain is when its document says little.
class DomainXmlDefaultsTest {

    private static final String DOMAIN = """
            <domain type='qemu' id='3'><name>a b</name><memory>%s</memory><os><type>hvm</type>%s</os>\
            <devices>%s</devices></domain>""";

    private static DomainDefinition read(String os, String devices) {
        return DomainXml.read(DOMAIN.formatted("65536", os, devices));
    }

    @Test
    void aMinimalDomainIsComplete() {
        DomainDefinition domain = DomainXml.read(
                "<domain type='qemu'><name>a</name><memory>65536</memory><os><type>hvm</type></os></domain>");
        assertThat(domain.vcpus()).isEqualTo(1);
        assertThat(domain.machine()).isEqualTo(new DomainDefinition.Machine("x86_64", "pc"));
        assertThat(domain.boot().devices()).containsExactly("hd");
        assertThat(domain.clockOffset()).isEqualTo("utc");
        assertThat(domain.lifecycle()).isEqualTo(new DomainDefinition.Lifecycle("destroy", "restart", "destroy"));
        assertThat(domain.memballoon()).isTrue();
        assertThat(domain.rng()).isFalse();
        assertThat(domain.videoModel()).isEmpty();
        assertThat(domain.features()).isEmpty();
        assertThat(domain.hasTablet()).isFalse();
        assertThat(domain.nvramTemplate()).isEmpty();
    }

    @Test
    void aMissingUuidIsMadeUpAndWritten() {
        DomainDefinition domain = read("", "");
        assertThat(domain.document().childText("uuid")).hasValue(domain.uuid().toString());
        assertThat(DomainXml.read(domain.document())).isEqualTo(domain);
        assertThat(read("", "").uuid()).isNotEqualTo(domain.uuid());
    }

    @Test
    void aUuidIsTakenWithOrWithoutDashes() {
        DomainDefinition domain =
                DomainXml.read("<domain type='qemu'><uuid>4DEA22B31D52D8F32516782E98AB3FA0</uuid><name>a</name>"
                        + "<memory>65536</memory><os><type>hvm</type></os></domain>");
        assertThat(domain.document().childText("uuid")).hasValue("4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
    }

    @Test
    void theIdOfARunningDomainIsNotKept() {
        assertThat(read("", "").document().attribute("id")).isEmpty();
    }

    @Test
    void aKernelIsBootedWithoutDevices() {
        var boot = read("<kernel>/k</kernel><initrd>/i</initrd><cmdline>quiet a=b</cmdline>", "")
                .boot();
        assertThat(boot)
                .isEqualTo(new DomainDefinition.Boot(
                        Optional.of("/k"),
                        Optional.of("/i"),
                        Optional.of("quiet a=b"),
                        java.util.List.of(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void bootDevicesKeepTheirOrder() {
        assertThat(read("<boot dev='network'/><boot dev='cdrom'/>", "").boot().devices())
                .containsExactly("network", "cdrom");
    }

    @Test
    void firmwareMayBeARom() {
        var boot = read("<loader type='rom'>/bios.bin</loader>", "").boot();
        assertThat(boot.loader()).hasValue("/bios.bin");
        assertThat(boot.nvram()).isEmpty();
    }

    @Test
    void theBusFollowsFromTheTarget() {
        String disk = "<disk><source file='/%1$s'/><target dev='%1$s'/></disk>";
        var disks = read("", disk.formatted("vda") + disk.formatted("sdaa")).disks();
        assertThat(disks).extracting(DomainDisk::bus).containsExactly(DomainDisk.Bus.VIRTIO, DomainDisk.Bus.SCSI);
        assertThat(disks).extracting(DomainDisk::format).containsOnly("raw");
    }

    @Test
    void aDiskMayComeFromAnNbdSocket() {
        var disks = read(
                        "",
                        "<disk type='network'><source protocol='nbd' name='e'>"
                                + "<host transport='unix' socket='/run/nbd'/></source><target dev='vda'/></disk>")
                .disks();
        assertThat(disks.getFirst().source())
                .hasValue(new DiskSource.Nbd(Optional.of("/run/nbd"), Optional.empty(), 0, "e"));
    }

    @Test
    void aCdromMayBeEmptyInSeveralSpellings() {
        for (String source : new String[] {"", "<source/>", "<source file=''/>"}) {
            var disks = read("", "<disk device='cdrom'>%s<target dev='sda' bus='sata'/></disk>".formatted(source))
                    .disks();
            assertThat(disks.getFirst().source()).isEmpty();
            assertThat(disks.getFirst().isBackedUpByDefault()).isFalse();
        }
    }

    @Test
    void aConsoleAloneIsTheFirstSerialPort() {
        assertThat(read("", "<console type='file'><source path='/log' append='on'/></console>")
                        .serials())
                .containsExactly(new DomainDefinition.SerialPort.ToFile("/log", true));
        assertThat(read("", "<serial type='unix'><source path='/s'/></serial><console type='pty'/>")
                        .serials())
                .containsExactly(new DomainDefinition.SerialPort.ToUnixSocket("/s"));
    }

    @Test
    void aDisplayBringsAnAdapter() {
        DomainDefinition domain = read("", "<graphics type='vnc' port='5901'/>");
        assertThat(domain.vnc()).hasValue(new DomainDefinition.Vnc(Optional.empty(), "127.0.0.1", 5901));
        assertThat(domain.videoModel()).hasValue("vga");
        assertThat(read("", "<graphics type='vnc'/><video><model type='none'/></video>")
                        .videoModel())
                .isEmpty();
    }

    @Test
    void vncMayListenOnASocket() {
        var expected = new DomainDefinition.Vnc(Optional.of("/run/vnc"), "127.0.0.1", -1);
        assertThat(read("", "<graphics type='vnc' socket='/run/vnc'/>").vnc()).hasValue(expected);
        assertThat(read("", "<graphics type='vnc'><listen type='socket' socket='/run/vnc'/></graphics>")
                        .vnc())
                .hasValue(expected);
    }

    @Test
    void aModelWithoutModeIsCustom() {
        DomainDefinition domain =
                DomainXml.read("<domain type='qemu'><name>a</name><memory>65536</memory><os><type>hvm</type></os>"
                        + "<cpu><model fallback='allow'>qemu64</model></cpu></domain>");
        assertThat(domain.cpu().mode()).hasValue("custom");
        assertThat(domain.cpu().model()).hasValue("qemu64");
    }

    @Test
    void iothreadsMayBeListedByTheirIds() {
        DomainDefinition domain =
                DomainXml.read("<domain type='qemu'><name>a</name><memory>65536</memory><os><type>hvm</type></os>"
                        + "<iothreadids><iothread id='1'/><iothread id='2'/></iothreadids></domain>");
        assertThat(domain.iothreads()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "b, 1048576, 1048576",
        "bytes, 1025, 2048",
        "KB, 1024, 1024000",
        "k, 1024, 1048576",
        "KiB, 1024, 1048576",
        "MB, 1, 1000448",
        "M, 1, 1048576",
        "MiB, 1, 1048576",
        "GB, 1, 1000000512",
        "G, 3, 3221225472",
        "TiB, 1, 1099511627776",
    })
    void memoryHasUnits(String unit, String number, long bytes) {
        DomainDefinition domain = DomainXml.read(("<domain type='qemu'><name>a</name><memory unit='%s'>%s</memory>"
                        + "<os><type>hvm</type></os></domain>")
                .formatted(unit, number));
        assertThat(domain.memoryBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"b, 0", "EiB, 4", "E, 99999999999999999999"})
    void memoryHasBounds(String unit, String number) {
        Refusals.refused(
                ErrorCode.CONFIG_UNSUPPORTED,
                () -> DomainXml.read(("<domain type='qemu'><name>a</name><memory unit='%s'>%s</memory>"
                                + "<os><type>hvm</type></os></domain>")
                        .formatted(unit, number)),
                "domain/memory",
                number);
    }

    @ParameterizedTest
    @CsvSource({"KiBi, 1", "m b, 1", "MiB, -1", "MiB, 1.5", "MiB, ''"})
    void memoryIsANumberWithAUnit(String unit, String number) {
        Refusals.refused(
                ErrorCode.XML_ERROR,
                () -> DomainXml.read(("<domain type='qemu'><name>a</name><memory unit='%s'>%s</memory>"
                                + "<os><type>hvm</type></os></domain>")
                        .formatted(unit, number)),
                "memory");
    }
}
