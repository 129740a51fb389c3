package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.virtkeep.testkit.Property;

class XmlPropertyTest {

    private static final String PULL = """
            <domainbackup mode='pull'><incremental>a</incremental><server name='localhost' port='1'/><disks>\
            <disk name='vda' type='file' exportname='a' exportbitmap='b'><driver type='qcow2'/><scratch file='/a'/></disk>\
            <disk name='vdb' backup='no'/></disks></domainbackup>""";
    private static final String CHECKPOINT = """
            <domaincheckpoint><name>a</name><parent><name>b</name></parent><creationTime>5</creationTime><disks>\
            <disk name='vda' bitmap='a' size='7'/><disk name='/a' checkpoint='no'/></disks></domaincheckpoint>""";

    @Test
    void backupsAreReadAsTheyWereWritten() {
        Property.forAll(500, random -> {
            BackupRequest request = new RandomRequests(random).backup();
            assertThat(BackupXml.read(BackupXml.write(request))).isEqualTo(request);
            assertThat(BackupXml.read(BackupXml.write(request, 1 + random.nextInt(99))))
                    .isEqualTo(request);
        });
    }

    @Test
    void checkpointsAreReadAsTheyWereWritten() {
        Property.forAll(500, random -> {
            CheckpointDefinition checkpoint = new RandomRequests(random).checkpoint();
            assertThat(CheckpointXml.read(CheckpointXml.write(checkpoint))).isEqualTo(checkpoint);
        });
    }

    @Test
    void domainsAreReadAsTheyWereWritten() {
        XmlElement server = XmlElement.read(Documents.SERVER);
        var readable = new AtomicInteger();
        Property.forAll(500, random -> {
            DomainDefinition domain;
            try {
                domain = DomainXml.read(new Mutations(random).spoiled(server));
            } catch (VirtException _) {
                return; // not every part can be left out
            }
            readable.incrementAndGet();
            assertThat(DomainXml.read(domain.document().write())).isEqualTo(domain);
        });
        assertThat(readable).as("documents that were valid").hasPositiveValue();
    }

    @Test
    void filledBackupsCoverTheDomainAndAreValidRequests() {
        List<DomainDisk> disks =
                List.of(TestDisks.file("vda", "qcow2"), TestDisks.file("sdb", "raw"), TestDisks.empty("hdc"));
        var filled = new AtomicInteger();
        Property.forAll(500, random -> {
            BackupRequest request = new RandomRequests(random).backup();
            var known = request.disks().stream()
                    .filter(disk ->
                            disks.stream().anyMatch(each -> each.target().equals(disk.name())));
            BackupRequest result;
            try {
                result = BackupDefaults.fill(request.withDisks(known.toList()), disks, "1");
            } catch (VirtException _) {
                return;
            }
            filled.incrementAndGet();
            assertThat(result.disks()).extracting(BackupDisk::name).containsExactly("vda", "sdb", "hdc");
            assertThat(BackupXml.read(BackupXml.write(result, 1))).isEqualTo(result);
            assertThat(BackupDefaults.fill(result, disks, "2")).isEqualTo(result);
        });
        assertThat(filled).hasPositiveValue();
    }

    @Test
    void spoiledDocumentsGiveAValueOrARefusal() {
        spoil(Documents.SERVER, DomainXml::read);
        spoil(PULL, BackupXml::read);
        spoil(CHECKPOINT, CheckpointXml::read);
        spoil(Documents.SERVER, text -> XmlElement.read(text).write());
    }

    /// Anything but a value or a [VirtException] ends the test.
    private static void spoil(String document, Function<String, ?> reader) {
        var refused = new AtomicInteger();
        Property.forAll(400, random -> {
            String text = random.nextBoolean()
                    ? new Mutations(random).spoiled(document)
                    : new Mutations(random).spoiled(XmlElement.read(document)).write();
            try {
                assertThat(reader.apply(text)).isNotNull();
            } catch (VirtException e) {
                refused.incrementAndGet();
                assertThat(e.code()).isNotEqualTo(ErrorCode.INTERNAL_ERROR);
            }
        });
        assertThat(refused).hasPositiveValue();
    }
}
