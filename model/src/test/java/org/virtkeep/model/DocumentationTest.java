package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DocumentationTest {
    private static final Path DOMAIN_XML =
            Path.of(System.getProperty("virtkeep.home"), "docs", "formats", "domain-xml.md");

    @Test
    void theExampleOfTheDomainFormatWorks() throws IOException {
        var example = Pattern.compile("(?s)```xml\\n(.*?)```").matcher(Files.readString(DOMAIN_XML));
        assertThat(example.find()).isTrue();
        DomainDefinition domain = DomainXml.read(example.group(1));
        assertThat(domain.disks()).extracting(DomainDisk::target).containsExactly("vda", "vdb", "sda", "sdb");
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
