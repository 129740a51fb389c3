package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackupXmlTest {

    private static BackupDisk pushDisk(String name, Optional<BackupMode> mode, Optional<String> incremental) {
        return new BackupDisk(
                name,
                true,
                Optional.of(StorageKind.FILE),
                mode,
                incremental,
                Optional.empty(),
                Optional.empty(),
                Optional.of("raw"),
                Optional.of("/backup/" + name));
    }

    @Test
    void readsAnEmptyRequestAsPush() {
        assertThat(BackupXml.read("<domainbackup/>")).isEqualTo(new BackupRequest.Push(Optional.empty(), List.of()));
    }

    @Test
    void readsAPush() {
        BackupRequest request = BackupXml.read("""
                <domainbackup mode='push'>
                  <incremental>monday</incremental>
                  <disks>
                    <disk name='vda' type='file'><target file='/backup/vda'/><driver type='raw'/></disk>
                    <disk name='vdb' backupmode='incremental' incremental='sunday' backup='yes' type='file'>
                      <driver type='raw'/><target file='/backup/vdb'><seclabel relabel='no'/></target>
                    </disk>
                    <disk name='vdc' backup='no'/>
                  </disks>
                </domainbackup>
                """);
        assertThat(request)
                .isEqualTo(new BackupRequest.Push(
                        Optional.of("monday"),
                        List.of(
                                pushDisk("vda", Optional.empty(), Optional.empty()),
                                pushDisk("vdb", Optional.of(BackupMode.INCREMENTAL), Optional.of("sunday")),
                                BackupDisk.excluded("vdc"))));
    }

    @Test
    void readsAPull() {
        BackupRequest request = BackupXml.read("""
                <domainbackup mode='pull'>
                  <server transport='unix' socket='/run/backup.sock' tls='yes'/>
                  <disks>
                    <disk name='sda' type='block' exportname='system' exportbitmap='changed' backupmode='full'>
                      <scratch dev='/dev/vg0/scratch'/>
                    </disk>
                    <disk name='sdb'/>
                  </disks>
                </domainbackup>
                """);
        assertThat(request)
                .isEqualTo(new BackupRequest.Pull(
                        Optional.empty(),
                        new NbdAddress.Unix("/run/backup.sock"),
                        true,
                        List.of(
                                new BackupDisk(
                                        "sda",
                                        true,
                                        Optional.of(StorageKind.BLOCK),
                                        Optional.of(BackupMode.FULL),
                                        Optional.empty(),
                                        Optional.of("system"),
                                        Optional.of("changed"),
                                        Optional.empty(),
                                        Optional.of("/dev/vg0/scratch")),
                                new BackupDisk(
                                        "sdb",
                                        true,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()))));
    }

    @Test
    void takesAMissingPortAndPortZeroForAFreeOne() {
        var free = new NbdAddress.Tcp("localhost", 0);
        assertThat(server("name='localhost'")).isEqualTo(free);
        assertThat(server("name='localhost' port='0'")).isEqualTo(free);
        assertThat(server("name='::1' port='65535'")).isEqualTo(new NbdAddress.Tcp("::1", 65535));
        Refusals.refused(ErrorCode.CONFIG_UNSUPPORTED, () -> server("name='a' port='70000'"), "70000", "65535");
    }

    private static NbdAddress server(String attributes) {
        var request = BackupXml.read("<domainbackup mode='pull'><server %s/></domainbackup>".formatted(attributes));
        return ((BackupRequest.Pull) request).server();
    }

    @Test
    void anEmptyIncrementalMeansFull() {
        assertThat(BackupXml.read("<domainbackup><incremental/></domainbackup>").incremental())
                .isEmpty();
    }

    @Test
    void writesAJobThatCanBeReadAsARequest() {
        BackupRequest request = new BackupRequest.Pull(
                Optional.of("monday"),
                new NbdAddress.Tcp("localhost", 10809),
                true,
                List.of(
                        new BackupDisk(
                                "vda",
                                true,
                                Optional.of(StorageKind.FILE),
                                Optional.of(BackupMode.INCREMENTAL),
                                Optional.of("monday"),
                                Optional.of("vda"),
                                Optional.of("backup-vda"),
                                Optional.of("qcow2"),
                                Optional.of("/scratch/o'neil")),
                        BackupDisk.excluded("vdb")));
        String document = BackupXml.write(request, 7);
        assertThat(document).isEqualTo("""
                <domainbackup mode='pull' id='7'>
                  <incremental>monday</incremental>
                  <server transport='tcp' name='localhost' port='10809' tls='yes'/>
                  <disks>
                    <disk name='vda' backup='yes' type='file' backupmode='incremental' incremental='monday' exportname='vda' exportbitmap='backup-vda'>
                      <driver type='qcow2'/>
                      <scratch file='/scratch/o&apos;neil'/>
                    </disk>
                    <disk name='vdb' backup='no'/>
                  </disks>
                </domainbackup>
                """);
        assertThat(BackupXml.read(document)).isEqualTo(request);
    }

    @Test
    void saysWhereAndWhatIsAllowedInstead() {
        VirtException refused = Refusals.refused(
                ErrorCode.XML_INVALID_SCHEMA,
                () -> BackupXml.read("""
                        <domainbackup>
                          <disks>
                            <disk name='vda' type='file'/>
                            <disk name='vdb' type='file' index='1'/>
                          </disks>
                        </domainbackup>
                        """),
                "'domainbackup/disks/disk[2]@index'",
                "value '1'",
                "line 4",
                "allowed here: name, backupmode, incremental, backup, type");
        assertThat(refused.domain()).isEqualTo(ErrorDomain.XML);
    }

    @Test
    void refusesAnotherRootElement() {
        VirtException refused = Refusals.refused(
                ErrorCode.XML_ERROR,
                () -> BackupXml.read("<domaincheckpoint/>"),
                "'domaincheckpoint'",
                "'domainbackup'");
        assertThat(refused.domain()).isEqualTo(ErrorDomain.XML);
    }

    @Test
    void refusesTextWhereElementsBelong() {
        Refusals.refused(
                ErrorCode.XML_INVALID_SCHEMA, () -> BackupXml.read("<domainbackup>full</domainbackup>"), "text");
        Refusals.refused(
                ErrorCode.XML_INVALID_SCHEMA,
                () -> BackupXml.read("<domainbackup>full<incremental/></domainbackup>"),
                "text");
    }
}
