package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CheckpointXmlTest {

    private static final String STORED = """
            <domaincheckpoint>
              <name>monday</name>
              <description>before the &lt;update&gt;</description>
              <parent>
                <name>sunday</name>
              </parent>
              <creationTime>1525889631</creationTime>
              <disks>
                <disk name='vda' checkpoint='bitmap' bitmap='monday' size='65536'/>
                <disk name='vdb' checkpoint='no'/>
              </disks>
              <domain type='kvm'>
                <name>web01</name>
              </domain>
            </domaincheckpoint>
            """;

    @Test
    void readsAndWritesAStoredCheckpoint() {
        CheckpointDefinition checkpoint = CheckpointXml.read(STORED);
        assertThat(checkpoint)
                .isEqualTo(new CheckpointDefinition(
                        Optional.of("monday"),
                        Optional.of("before the <update>"),
                        OptionalLong.of(1525889631),
                        Optional.of("sunday"),
                        Optional.of(List.of(
                                new CheckpointDisk("vda", true, Optional.of("monday"), OptionalLong.of(65536)),
                                new CheckpointDisk("vdb", false, Optional.empty(), OptionalLong.empty()))),
                        Optional.of(XmlElement.of("domain").with("type", "kvm").with(XmlElement.of("name", "web01")))));
        assertThat(CheckpointXml.write(checkpoint)).isEqualTo(STORED);
    }

    @Test
    void writesWithoutTheDomain() {
        String document = CheckpointXml.write(CheckpointXml.read(STORED).withoutDomain());
        assertThat(document).contains("monday").doesNotContain("web01");
    }

    @Test
    void readsARequestThatLeavesAllToDefaults() {
        assertThat(CheckpointXml.read("<domaincheckpoint/>"))
                .isEqualTo(new CheckpointDefinition(
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void readsADiskByNameOrByPath() {
        var disks = CheckpointXml.read(
                        "<domaincheckpoint><disks><disk name='vda'/><disk name='/images/b'/></disks></domaincheckpoint>")
                .disks();
        assertThat(disks)
                .hasValue(List.of(
                        new CheckpointDisk("vda", true, Optional.empty(), OptionalLong.empty()),
                        new CheckpointDisk("/images/b", true, Optional.empty(), OptionalLong.empty())));
    }

    @Test
    void refusesAnotherRootElement() {
        VirtException refused = Refusals.refused(
                ErrorCode.XML_ERROR, () -> CheckpointXml.read("<domain/>"), "'domain'", "'domaincheckpoint'");
        assertThat(refused.domain()).isEqualTo(ErrorDomain.XML);
    }

    @Test
    void refusesNumbersThatItCannotHold() {
        String document = "<domaincheckpoint><creationTime>%s</creationTime></domaincheckpoint>";
        assertThat(CheckpointXml.read(document.formatted(Long.MAX_VALUE)).creationTime())
                .hasValue(Long.MAX_VALUE);
        assertThat(CheckpointXml.read(document.formatted("0".repeat(100_000) + "7"))
                        .creationTime())
                .hasValue(7);
        Refusals.refused(ErrorCode.XML_INVALID_SCHEMA, () -> CheckpointXml.read(document.formatted(" 5 ")));
        Refusals.refused(
                ErrorCode.XML_INVALID_SCHEMA, () -> CheckpointXml.read(document.formatted("9".repeat(4_000_000))));
        Refusals.refused(
                ErrorCode.CONFIG_UNSUPPORTED, () -> CheckpointXml.read(document.formatted("9223372036854775808")));
        Refusals.refused(
                ErrorCode.XML_INVALID_SCHEMA, () -> CheckpointXml.read(document.formatted("18446744073709551616")));
    }
}
