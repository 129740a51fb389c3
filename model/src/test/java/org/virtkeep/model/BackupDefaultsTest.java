package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackupDefaultsTest {

    private static final List<DomainDisk> DISKS = List.of(
            TestDisks.file("vda", "qcow2"),
            TestDisks.file("vdb", "raw"),
            TestDisks.readOnly("vdc"),
            TestDisks.empty("sda"));

    private static BackupRequest fill(String disks) {
        return fill("<domainbackup>%s</domainbackup>", disks, DISKS);
    }

    private static BackupRequest fillPull(String disks) {
        return fill("<domainbackup mode='pull'><server name='localhost'/>%s</domainbackup>", disks, DISKS);
    }

    private static BackupRequest fill(String document, String disks, List<DomainDisk> domainDisks) {
        BackupRequest filled =
                BackupDefaults.fill(BackupXml.read(document.formatted(disks)), domainDisks, "1525889631");
        assertThat(BackupDefaults.fill(filled, domainDisks, "other")).isEqualTo(filled);
        return filled;
    }

    private static BackupDisk full(String name, String format, String path) {
        return new BackupDisk(
                name,
                true,
                Optional.of(StorageKind.FILE),
                Optional.of(BackupMode.FULL),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(format),
                Optional.of(path));
    }

    private static BackupDisk disk(BackupRequest request, String name) {
        return request.disks().stream()
                .filter(disk -> disk.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEmptyRequestTakesEveryWritableDiskWithAMedium() {
        assertThat(fill("").disks())
                .containsExactly(
                        full("vda", "qcow2", "/images/vda.1525889631"),
                        full("vdb", "qcow2", "/images/vdb.1525889631"),
                        BackupDisk.excluded("vdc"),
                        BackupDisk.excluded("sda"));
    }

    @Test
    void aListOfDisksTakesNoOther() {
        assertThat(fill("<disks><disk name='vdb' type='file'><driver type='raw'/></disk></disks>")
                        .disks())
                .containsExactly(
                        BackupDisk.excluded("vda"),
                        full("vdb", "raw", "/images/vdb.1525889631"),
                        BackupDisk.excluded("vdc"),
                        BackupDisk.excluded("sda"));
    }

    @Test
    void aReadOnlyDiskIsTakenWhenListed() {
        assertThat(disk(fill("<disks><disk name='vdc' type='file'/></disks>"), "vdc")
                        .backup())
                .isTrue();
    }

    @Test
    void theBackupsCheckpointHoldsForDisksWithoutTheirOwn() {
        BackupRequest filled = fill("""
                <incremental>monday</incremental><disks>
                <disk name='vda' type='file'/>
                <disk name='vdb' type='file' incremental='sunday'/>
                <disk name='vdc' type='file' backupmode='full'/>
                </disks>""");
        assertThat(filled.incremental()).hasValue("monday");
        assertThat(disk(filled, "vda").mode()).hasValue(BackupMode.INCREMENTAL);
        assertThat(disk(filled, "vda").incremental()).hasValue("monday");
        assertThat(disk(filled, "vdb").incremental()).hasValue("sunday");
        assertThat(disk(filled, "vdc").mode()).hasValue(BackupMode.FULL);
        assertThat(disk(filled, "vdc").incremental()).isEmpty();
    }

    @Test
    void aDisksOwnCheckpointMakesItIncremental() {
        BackupRequest filled = fill("<disks><disk name='vda' type='file' incremental='sunday'/></disks>");
        assertThat(disk(filled, "vda").mode()).hasValue(BackupMode.INCREMENTAL);
        assertThat(filled.incremental()).isEmpty();
    }

    @Test
    void pullNamesExportsAndTheBitmapsOfIncrementalDisks() {
        BackupRequest filled = fillPull("""
                <disks>
                <disk name='vda' incremental='sunday'/>
                <disk name='vdb' exportname='data' exportbitmap='unused'/>
                <disk name='vdc' incremental='sunday' exportname='' exportbitmap='dirty'/>
                </disks>""");
        assertThat(disk(filled, "vda").exportName()).hasValue("vda");
        assertThat(disk(filled, "vda").exportBitmap()).hasValue("backup-vda");
        assertThat(disk(filled, "vda").path()).hasValue("/images/vda.1525889631");
        assertThat(disk(filled, "vda").format()).hasValue("qcow2");
        assertThat(disk(filled, "vdb").exportName()).hasValue("data");
        assertThat(disk(filled, "vdb").exportBitmap()).isEmpty();
        assertThat(disk(filled, "vdc").exportName()).hasValue("vdc");
        assertThat(disk(filled, "vdc").exportBitmap()).hasValue("dirty");
    }

    @Test
    void keepsTheGivenPathAndKind() {
        BackupDisk disk =
                disk(fill("<disks><disk name='vda' type='block'><target dev='/dev/vg0/copy'/></disk></disks>"), "vda");
        assertThat(disk.kind()).hasValue(StorageKind.BLOCK);
        assertThat(disk.path()).hasValue("/dev/vg0/copy");
    }

    private static void refusedPush(ErrorCode code, String disks, String... parts) {
        Refusals.refused(code, () -> fill(disks), parts);
    }

    @Test
    void refusesDisksThatAreUnknownDoubleOrWithoutMedium() {
        var unsupported = ErrorCode.CONFIG_UNSUPPORTED;
        refusedPush(
                unsupported,
                "<disks><disk name='vdz' backup='no'/></disks>",
                "no disk named 'vdz'",
                "'vda', 'vdb', 'vdc' (read-only), 'sda' (no media)");
        refusedPush(
                unsupported,
                "<disks><disk name='vda' type='file'/><disk name='vda' backup='no'/></disks>",
                "'vda' is specified twice");
        refusedPush(unsupported, "<disks><disk name='sda' type='file'/></disks>", "'sda' has no media");
    }

    @Test
    void refusesWhenNoDiskIsLeft() {
        refusedPush(ErrorCode.CONFIG_UNSUPPORTED, "<disks><disk name='vda' backup='no'/></disks>", "no disks selected");
        var none = new BackupRequest.Push(Optional.empty(), List.of());
        Refusals.refused(
                ErrorCode.CONFIG_UNSUPPORTED,
                () -> BackupDefaults.fill(none, List.of(), "1"),
                "no disks selected",
                "none");
    }

    @Test
    void refusesAnIncrementalWithoutCheckpoint() {
        refusedPush(
                ErrorCode.CONFIG_UNSUPPORTED,
                "<disks><disk name='vda' type='file' backupmode='incremental'/></disks>",
                "'vda'",
                "checkpoint");
    }

    @Test
    void refusesToMakeUpAPathWhereTheSourceIsNoFile() {
        for (DiskSource source : List.of(
                new DiskSource.Block("/dev/vg0/a"),
                new DiskSource.Nbd(Optional.empty(), Optional.of("host"), 10809, "a"))) {
            Refusals.refused(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    () -> fill("<domainbackup>%s</domainbackup>", "", List.of(TestDisks.on("vda", source))),
                    "refusing to generate file name",
                    "'vda'",
                    source.describe(),
                    "target");
        }
        refusedPush(
                ErrorCode.CONFIG_UNSUPPORTED, "<disks><disk name='vda' type='block'/></disks>", "refusing to generate");
    }

    @Test
    void refusesFormatsThatCannotBeWritten() {
        refusedPush(
                ErrorCode.CONFIG_UNSUPPORTED,
                "<disks><disk name='vda' type='file'><driver type='vmdk'/></disk></disks>",
                "'vmdk'",
                "'qcow2', 'raw'");
        var rawScratch = new BackupRequest.Pull(
                Optional.empty(), new NbdAddress.Tcp("localhost", 0), false, List.of(full("vda", "raw", "/scratch/a")));
        Refusals.refused(
                ErrorCode.CONFIG_UNSUPPORTED, () -> BackupDefaults.fill(rawScratch, DISKS, "1"), "'raw'", "'qcow2'");
    }

    @Test
    void refusesPathsThatCollide() {
        refusedPush(
                ErrorCode.INVALID_ARG,
                "<disks><disk name='vda' type='file'><target file='/b/x'/></disk>"
                        + "<disk name='vdb' type='file'><target file='/b/./y/..//x'/></disk></disks>",
                "'vdb'",
                "'/b/x'");
        refusedPush(
                ErrorCode.INVALID_ARG,
                "<disks><disk name='vda' type='file'><target file='/images/../images/vdb'/></disk></disks>",
                "'vda'",
                "'/images/vdb'");
        Refusals.refused(
                ErrorCode.INVALID_ARG,
                () -> fill(
                        "<domainbackup>%s</domainbackup>",
                        "<disks><disk name='vda' type='file'><target file='/data'/></disk></disks>",
                        List.of(TestDisks.withDataFile("vda", "/data"))),
                "'/data'");
    }

    @Test
    void refusesAPathThatIsNotOneOfThisHost() {
        refusedPush(
                ErrorCode.CONFIG_UNSUPPORTED,
                "<disks><disk name='vda' type='file'><target file='C:\\a'/></disk></disks>",
                "absolute path");
    }

    @Test
    void refusesExportsOfTheSameName() {
        Refusals.refused(
                ErrorCode.INVALID_ARG,
                () -> fillPull("<disks><disk name='vda' exportname='vdb'/><disk name='vdb'/></disks>"),
                "'vdb'");
    }
}
