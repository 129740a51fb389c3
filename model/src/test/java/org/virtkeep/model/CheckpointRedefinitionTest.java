package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class CheckpointRedefinitionTest {
    private static final UUID ID = UUID.fromString("6695eb01-f6a4-8304-79aa-97f2502e193f");
    private static final String DOMAIN = """
            <domain type='kvm'><name>vm</name><uuid>6695EB01-f6a4-8304-79aa-97f2502e193f</uuid><anything/>
              <devices>
                <disk type='file' device='disk'><source file='/a'/><target dev='vda'/></disk>
                <disk type='block' device='disk'><source dev='/dev/b'/><target dev='vdb'/></disk>
                <disk type='file' device='cdrom'><target dev='sda'/><readonly/></disk>
                <graphics type='vnc' passwd='secret'/>
              </devices>
            </domain>""";

    private static CheckpointDefinition complete(String content) {
        return CheckpointRedefinition.complete(
                CheckpointXml.read("<domaincheckpoint>" + content + "</domaincheckpoint>"), ID);
    }

    private static void assertRefused(ErrorCode code, ErrorDomain domain, String content) {
        VirtException refusal = Refusals.refused(code, () -> complete(content), "");
        assertThat(refusal.domain()).isEqualTo(domain);
    }

    @Test
    void withoutADomainTheDisksAreThoseGivenWithTheirBitmaps() {
        CheckpointDefinition stored = complete("""
                <name>c1</name><parent><name>c0</name></parent><creationTime>5</creationTime>
                <disks><disk name='vdb' size='7'/><disk name='vda' checkpoint='no'/></disks>""");
        assertThat(CheckpointXml.write(stored)).isEqualTo("""
                <domaincheckpoint>
                  <name>c1</name>
                  <parent>
                    <name>c0</name>
                  </parent>
                  <creationTime>5</creationTime>
                  <disks>
                    <disk name='vdb' checkpoint='bitmap' bitmap='c1'/>
                    <disk name='vda' checkpoint='no'/>
                  </disks>
                </domaincheckpoint>
                """);
        assertThat(complete("<name>c1</name><creationTime>5</creationTime>").disks())
                .isEmpty();
    }

    @Test
    void withADomainTheDisksAreAllOfThatDomain() {
        String head = "<name>c1</name><creationTime>5</creationTime>";
        CheckpointDefinition stored = complete(head + "<disks><disk name='/dev/b'/></disks>" + DOMAIN);
        assertThat(stored.disks().orElseThrow())
                .extracting(CheckpointDisk::name)
                .containsExactly("vda", "vdb", "sda");
        assertThat(stored.disks().orElseThrow())
                .extracting(CheckpointDisk::tracked)
                .containsExactly(false, true, false);
        assertThat(complete(head + DOMAIN).disks().orElseThrow())
                .extracting(CheckpointDisk::tracked)
                .containsExactly(true, true, false);
    }

    @Test
    void refusesWithLibvirtsCodes() {
        String time = "<creationTime>5</creationTime>";
        assertRefused(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN_CHECKPOINT, time);
        assertRefused(ErrorCode.INTERNAL_ERROR, ErrorDomain.DOMAIN_CHECKPOINT, "<name>c1</name>");
        String named = "<name>c1</name>" + time;
        assertRefused(
                ErrorCode.INVALID_ARG, ErrorDomain.DOMAIN_CHECKPOINT, named + DOMAIN.replace("6695EB01", "00000000"));
        assertRefused(
                ErrorCode.CONFIG_UNSUPPORTED,
                ErrorDomain.DOMAIN_CHECKPOINT,
                named + "<disks><disk name='vdz'/></disks>" + DOMAIN);
        assertRefused(
                ErrorCode.CONFIG_UNSUPPORTED,
                ErrorDomain.DOMAIN_CHECKPOINT,
                named + "<disks><disk name='vda'/><disk name='/a'/></disks>" + DOMAIN);
        assertRefused(
                ErrorCode.CONFIG_UNSUPPORTED,
                ErrorDomain.QEMU,
                named + "<disks><disk name='vda' bitmap='other'/></disks>");
    }

    @Test
    void secretsAreLeftOutOnRequest() {
        CheckpointDefinition stored = complete("<name>c1</name><creationTime>5</creationTime>" + DOMAIN);
        assertThat(CheckpointXml.write(stored)).contains("passwd='secret'");
        assertThat(CheckpointXml.write(stored.withoutSecrets()))
                .contains("<graphics type='vnc'/>", "<anything/>")
                .doesNotContain("secret");
        assertThat(stored.withoutDomain().withoutSecrets()).isEqualTo(stored.withoutDomain());
    }
}
