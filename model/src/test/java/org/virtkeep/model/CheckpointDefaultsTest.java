package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CheckpointDefaultsTest {

    private static final Instant NOW = Instant.ofEpochSecond(1525889631, 999_999_999);
    private static final List<DomainDisk> DISKS = List.of(
            TestDisks.file("vda", "qcow2"),
            TestDisks.file("vdb", "raw"),
            TestDisks.readOnly("vdc"),
            TestDisks.empty("sda"),
            TestDisks.on("vdd", new DiskSource.Block("/dev/vg0/d")));

    private static CheckpointDefinition fill(String content) {
        return fill(content, true);
    }

    private static CheckpointDefinition fill(String content, boolean running) {
        CheckpointDefinition request = CheckpointXml.read("<domaincheckpoint>" + content + "</domaincheckpoint>");
        return CheckpointDefaults.fill(request, DISKS, NOW, running);
    }

    private static CheckpointDisk tracked(String name, String bitmap) {
        return new CheckpointDisk(name, true, Optional.of(bitmap), OptionalLong.empty());
    }

    private static CheckpointDisk untracked(String name) {
        return new CheckpointDisk(name, false, Optional.empty(), OptionalLong.empty());
    }

    @Test
    void anEmptyRequestIsNamedAfterItsTimeAndTracksWhatCanBeTracked() {
        CheckpointDefinition filled = fill("");
        assertThat(filled.name()).hasValue("1525889631");
        assertThat(filled.creationTime()).hasValue(1525889631);
        assertThat(filled.disks())
                .hasValue(List.of(
                        tracked("vda", "1525889631"),
                        tracked("vdb", "1525889631"),
                        untracked("vdc"),
                        untracked("sda"),
                        tracked("vdd", "1525889631")));
    }

    @Test
    void whatAnImageCannotHoldIsLeftOutWhileTheDomainIsShutOff() {
        assertThat(fill("<name>monday</name>", false).disks().orElseThrow())
                .containsExactly(
                        tracked("vda", "monday"),
                        untracked("vdb"),
                        untracked("vdc"),
                        untracked("sda"),
                        tracked("vdd", "monday"));
        VirtException raw = Refusals.refused(
                ErrorCode.CONFIG_UNSUPPORTED,
                () -> fill("<disks><disk name='vdb'/></disks>", false),
                "'vdb'",
                "'raw'",
                "while the domain runs");
        assertThat(raw.domain()).isEqualTo(ErrorDomain.QEMU);
    }

    @Test
    void aListOfDisksTracksNoOther() {
        CheckpointDefinition filled =
                fill("<name>monday</name><description>why</description><disks><disk name='/dev/vg0/d' size='1'/>"
                        + "<disk name='sda' checkpoint='no'/></disks>");
        assertThat(filled.description()).hasValue("why");
        assertThat(filled.disks())
                .hasValue(List.of(
                        untracked("vda"),
                        untracked("vdb"),
                        untracked("vdc"),
                        untracked("sda"),
                        tracked("vdd", "monday")));
    }

    @Test
    void aCheckpointMayTrackNothingIfItSaysSo() {
        assertThat(fill("<disks><disk name='vda' checkpoint='no'/></disks>")
                        .disks()
                        .orElseThrow())
                .noneMatch(CheckpointDisk::tracked);
    }

    @Test
    void dropsWhatOnlyAStoredCheckpointHas() {
        CheckpointDefinition filled =
                fill("<creationTime>1</creationTime><parent><name>old</name></parent><domain type='kvm'/>");
        assertThat(filled.creationTime()).hasValue(1525889631);
        assertThat(filled.parent()).isEmpty();
        assertThat(filled.domain()).isEmpty();
    }

    private static VirtException refused(String content, String... parts) {
        return Refusals.refused(ErrorCode.CONFIG_UNSUPPORTED, () -> fill(content), parts);
    }

    @Test
    void refusesDisksThatCannotBeTracked() {
        refused("<disks><disk name='vdz'/></disks>", "no disk named 'vdz'", "'vdc' (read-only)");
        refused("<disks><disk name='/images/vdz'/></disks>", "no disk named '/images/vdz'");
        refused("<disks><disk name='vda'/><disk name='/images/vda' checkpoint='no'/></disks>", "specified twice");
        refused("<disks><disk name='vdc'/></disks>", "'vdc' is empty or readonly");
        refused("<disks><disk name='sda'/></disks>", "'sda' is empty or readonly");
    }

    @Test
    void refusesABitmapWithAnotherName() {
        refused("<name>monday</name><disks><disk name='vda' bitmap='other'/></disks>", "'other'", "'monday'");
        assertThat(fill("<name>monday</name><disks><disk name='vda' bitmap='monday'/></disks>")
                        .disks()
                        .orElseThrow())
                .contains(tracked("vda", "monday"));
    }

    @Test
    void refusesADefaultThatTracksNothing() {
        var nothing = CheckpointXml.read("<domaincheckpoint/>");
        Refusals.refused(
                ErrorCode.CONFIG_UNSUPPORTED,
                () -> CheckpointDefaults.fill(nothing, List.of(TestDisks.file("vda", "raw")), NOW, false),
                "'vda' of format 'raw'");
        VirtException refused = Refusals.refused(
                ErrorCode.CONFIG_UNSUPPORTED, () -> CheckpointDefaults.fill(nothing, List.of(), NOW, true), "none");
        assertThat(refused.domain()).isEqualTo(ErrorDomain.DOMAIN_CHECKPOINT);
    }

    @Test
    void refusesANameThatACheckpointCannotHave() {
        var definition = new CheckpointDefinition(
                Optional.of("../etc"),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Refusals.refused(
                ErrorCode.INVALID_ARG, () -> CheckpointDefaults.fill(definition, DISKS, NOW, true), "'../etc'");
    }
}
