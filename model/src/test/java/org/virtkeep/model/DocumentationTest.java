package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DocumentationTest {
    private static final Path FORMATS = Path.of(System.getProperty("virtkeep.home"), "docs", "formats");
    private static final Path DOMAIN_XML = FORMATS.resolve("domain-xml.md");
    private static final Path BACKUP_XML = FORMATS.resolve("backup-xml.md");

    @Test
    void theExampleOfTheDomainFormatWorks() throws IOException {
        DomainDefinition domain = DomainXml.read(examples(DOMAIN_XML).getFirst());
        assertThat(domain.disks()).extracting(DomainDisk::target).containsExactly("vda", "vdb", "sda", "sdb");
    }

    @Test
    void theBackupsOfTheExamplesAreFilledInAsShown() throws IOException {
        List<String> examples = examples(BACKUP_XML);
        var disks = List.of(
                TestDisks.on("vda", new DiskSource.File("/srv/images/web01.qcow2")),
                TestDisks.on("vdb", new DiskSource.File("/srv/images/data.qcow2")),
                TestDisks.empty("sda"));
        BackupRequest filled = BackupDefaults.fill(BackupXml.read(examples.get(0)), disks, "tuesday");
        assertThat(BackupXml.write(filled, 7)).isEqualTo(examples.get(1));
        CheckpointDefinition checkpoint =
                CheckpointDefaults.fill(CheckpointXml.read(examples.get(2)), disks, Instant.ofEpochSecond(1525889631));
        assertThat(CheckpointXml.write(checkpoint)).isEqualTo(examples.get(3));
    }

    private static List<String> examples(Path document) throws IOException {
        return Pattern.compile("(?s)```xml\\n(.*?)```")
                .matcher(Files.readString(document))
                .results()
                .map(example -> example.group(1))
                .toList();
    }

    @Test
    void theMessageOfTheDomainFormatIsWhatWeSay() throws IOException {
        String domain = "\n".repeat(30) + """
                <domain type='kvm'><name>a</name><memory>65536</memory><os><type>hvm</type></os>\
                <devices><interface type='network'/></devices></domain>""";
        VirtException refused = Refusals.refused(ErrorCode.CONFIG_UNSUPPORTED, () -> DomainXml.read(domain), "line 31");
        assertThat(Files.readString(DOMAIN_XML)).contains(refused.getMessage());
    }
}
