package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotDefaultsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1525889631, 999_999_999);
    private static final DomainDefinition DOMAIN = DomainXml.read("""
            <domain type='qemu'><name>vm</name><memory unit='MiB'>64</memory>
            <os><type arch='x86_64' machine='q35'>hvm</type></os>
            <devices>
            <disk type='file'><driver type='qcow2'/><source file='/i.d/vda.img'/><target dev='vda'/></disk>
            <disk type='file' snapshot='no'><source file='/i.d/vdb'/><target dev='vdb'/></disk>
            <disk type='block'><driver type='qcow2'/><source dev='/dev/c'/><target dev='vdc'/></disk>
            <disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>
            </devices></domain>
            """);
    private static final String NO_C = "<disk name='vdc' snapshot='no'/>";

    static SnapshotDefinition filled(String content) {
        return fill(content + "<disks>" + NO_C + "</disks>");
    }

    private static SnapshotDefinition fill(String content) {
        return SnapshotDefaults.fill(SnapshotXml.read("<domainsnapshot>" + content + "</domainsnapshot>"), DOMAIN, NOW);
    }

    private static SnapshotDefinition disks(String disks) {
        return fill("<name>s</name><disks>" + disks + "</disks>");
    }

    @Test
    void anEmptyRequestIsNamedAfterItsTimeAndTakesWhatCanBeWritten() {
        SnapshotDefinition filled = filled("<creationTime>1</creationTime><state>running</state>");
        assertThat(filled.name()).hasValue("1525889631");
        assertThat(filled.creationTime()).hasValue(1525889631);
        assertThat(filled.state()).isEmpty();
        assertThat(filled.disks().orElseThrow())
                .containsExactly(
                        SnapshotDisk.external("vda", StorageKind.FILE, "/i.d/vda.1525889631"),
                        SnapshotDisk.without("vdb"),
                        SnapshotDisk.without("vdc"),
                        SnapshotDisk.without("sda"));
    }

    @Test
    void onlyAnExtensionOfTheFileGivesWayToTheName() {
        assertThat(disks(NO_C + "<disk name='/i.d/vdb' snapshot='external'/>").external())
                .extracting(disk -> disk.path().orElseThrow())
                .containsExactly("/i.d/vda.s", "/i.d/vdb.s");
    }

    @Test
    void anOverlayIsWhereTheRequestSays() {
        assertThat(disks("<disk name='vdc' type='block'><source dev='/dev/d'/></disk>")
                        .external())
                .containsExactly(
                        SnapshotDisk.external("vda", StorageKind.FILE, "/i.d/vda.s"),
                        SnapshotDisk.external("vdc", StorageKind.BLOCK, "/dev/d"));
    }

    @Test
    void readsWhatItWrites() {
        SnapshotDefinition stored = filled("<name>s</name><description>why</description>")
                .withState(SnapshotDefinition.DISKS_ONLY)
                .withDomain(XmlElement.of("domain"));
        assertThat(SnapshotXml.read(SnapshotXml.write(stored))).isEqualTo(stored);
    }

    @Test
    void refusesWhatCannotBe() {
        refused("", "cannot generate external snapshot name for disk 'vdc'");
        refused(NO_C + "<disk name='vdz'/>", "no disk named 'vdz'");
        refused(NO_C + "<disk name='vda'/><disk name='/i.d/vda.img'/>", "specified twice");
        refused(NO_C + "<disk name='sda' snapshot='external'/>", "disk 'sda' is not supported: it is empty");
        refused(NO_C + "<disk name='vda' snapshot='internal'/>", "must use 'external'");
        refused(NO_C + "<disk name='vda'><driver type='qed'/></disk>", "format 'qed'");
        refused(NO_C + "<disk name='vda' snapshot='no'/>", "no disks selected");
        refused(
                "<disk name='vda'><source file='/x'/></disk><disk name='vdc'><source file='//x'/></disk>",
                "same overlay");
    }

    private static void refused(String disks, String part) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> disks(disks))
                .withMessageContaining(part)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_UNSUPPORTED));
    }

    @Test
    void refusesNamesThatAreNone() {
        for (String name : List.of("a/b", ".a")) {
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> filled("<name>" + name + "</name>"))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.XML_DETAIL));
        }
    }

    @Test
    void refusesTheGuestsMemory() {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> filled("<memory snapshot='internal'/>"))
                .withMessageContaining("asks for the guest's memory");
    }

    @Test
    void aDiskGetsAnotherImageAndNothingElseChanges() {
        XmlElement changed = DiskSourceXml.withImage(DOMAIN.document(), "vdc", new DiskSource.File("/new"), "qcow2");
        DomainDefinition read = DomainXml.read(changed.write());
        assertThat(read.disk("vdc").orElseThrow().source()).hasValue(new DiskSource.File("/new"));
        assertThat(DiskSourceXml.withImage(changed, "vdc", new DiskSource.Block("/dev/c"), "qcow2"))
                .isEqualTo(DiskSourceXml.withImage(DOMAIN.document(), "vdc", new DiskSource.Block("/dev/c"), "qcow2"));
        assertThat(read.disk("vda")).isEqualTo(DOMAIN.disk("vda"));
    }
}
