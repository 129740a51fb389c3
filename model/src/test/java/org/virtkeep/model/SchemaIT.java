package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Property;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// Our readers and writers against the RelaxNG schemas of Debian's libvirt 9.0, judged by xmllint.
@Tag("interop")
class SchemaIT {
    private static final Path SCHEMAS = Path.of("/usr/share/libvirt/schemas");

    @TempDir
    private Path folder;

    @Test
    void theTableIsWhatTheSchemasSay() throws IOException {
        for (var schema : ConformanceTable.Schema.values()) {
            var rows = ConformanceTable.ROWS.stream()
                    .filter(row -> row.schema() == schema)
                    .toList();
            var valid = validate(
                    schema, rows.stream().map(ConformanceTable.Row::document).toList());
            for (int i = 0; i < rows.size(); i++) {
                assertThat(valid.contains(i))
                        .as(rows.get(i).what())
                        .isEqualTo(rows.get(i).validInSchema());
            }
        }
    }

    @Test
    void whatWeWriteIsValid() throws IOException {
        List<String> backups = random(300, requests -> BackupXml.write(requests.backup()));
        assertThat(validate(ConformanceTable.Schema.BACKUP, backups)).hasSameSizeAs(backups);
        List<String> checkpoints = random(300, requests -> CheckpointXml.write(requests.checkpoint()));
        assertThat(validate(ConformanceTable.Schema.CHECKPOINT, checkpoints)).hasSameSizeAs(checkpoints);
        List<String> snapshots = List.of(SnapshotXml.write(SnapshotDefaultsTest.filled("<name>s</name>")));
        assertThat(validate(ConformanceTable.Schema.SNAPSHOT, snapshots)).hasSize(1);
    }

    @Test
    void ourVerdictOnSpoiledDocumentsIsTheSchemas() throws IOException {
        compare(ConformanceTable.Schema.BACKUP, spoiled(requests -> BackupXml.write(requests.backup())));
        compare(ConformanceTable.Schema.CHECKPOINT, spoiled(requests -> CheckpointXml.write(requests.checkpoint())));
    }

    /// The schema of 9.0 does not know `dataStore` yet.
    @Test
    void theServerOfOurTestsIsADomainOfLibvirts() throws IOException {
        String known = Documents.SERVER.replaceAll("(?s)<dataStore.*?</dataStore>", "");
        assertThat(known).isNotEqualTo(Documents.SERVER);
        assertThat(validate("domain.rng", List.of(known))).hasSize(1);
    }

    private static List<String> random(int number, Function<RandomRequests, String> document) {
        var documents = new ArrayList<String>();
        Property.forAll(number, random -> documents.add(document.apply(new RandomRequests(random))));
        return documents;
    }

    private static List<String> spoiled(Function<RandomRequests, String> document) {
        var documents = new ArrayList<String>();
        Property.forAll(
                1_000,
                random -> documents.add(spoiler(random)
                        .spoiled(XmlElement.read(document.apply(new RandomRequests(random))))
                        .write()));
        return documents;
    }

    /// Brings in what means something to the grammars, except the one difference we want (`id`) and white
    /// space around a value, which the schemas trim and libvirt then refuses.
    private static Mutations spoiler(SplittableRandom random) {
        return new Mutations(
                random,
                List.of(
                        "mode",
                        "name",
                        "port",
                        "transport",
                        "socket",
                        "tls",
                        "backup",
                        "type",
                        "backupmode",
                        "incremental",
                        "exportname",
                        "exportbitmap",
                        "file",
                        "dev",
                        "index",
                        "checkpoint",
                        "bitmap",
                        "size",
                        "relabel",
                        "labelskip",
                        "model"),
                List.of(
                        "incremental",
                        "server",
                        "disks",
                        "disk",
                        "driver",
                        "target",
                        "scratch",
                        "seclabel",
                        "label",
                        "name",
                        "description",
                        "creationTime",
                        "parent",
                        "other"),
                List.of(
                        "",
                        "push",
                        "pull",
                        "yes",
                        "no",
                        "full",
                        "incremental",
                        "file",
                        "block",
                        "tcp",
                        "unix",
                        "vda",
                        "/a",
                        "/",
                        "a",
                        "::1",
                        "1::2::3",
                        ":",
                        "a_b",
                        "10809",
                        "4294967295",
                        "4294967296",
                        "-1",
                        "+1",
                        "0x1",
                        "qcow2",
                        "raw",
                        "bitmap",
                        "18446744073709551615",
                        "18446744073709551616",
                        "9223372036854775808",
                        ".a",
                        "C:\\a"));
    }

    private void compare(ConformanceTable.Schema schema, List<String> documents) throws IOException {
        Set<Integer> valid = validate(schema, documents);
        for (int i = 0; i < documents.size(); i++) {
            assertThat(schema.accepts(documents.get(i)))
                    .as("verdict on\n%s", documents.get(i))
                    .isEqualTo(valid.contains(i));
        }
        assertThat(valid.size())
                .as("valid ones of %d", documents.size())
                .isBetween(documents.size() / 10, documents.size() * 9 / 10);
    }

    /// Which of the documents are valid, by their position.
    private Set<Integer> validate(ConformanceTable.Schema schema, List<String> documents) throws IOException {
        return validate(schema.file(), documents);
    }

    private Set<Integer> validate(String schema, List<String> documents) throws IOException {
        Path relaxng = SCHEMAS.resolve(schema);
        if (!Files.exists(relaxng)) {
            Tools.miss(relaxng + " is missing; it comes with Debian's package libvirt0");
        }
        Tools.require("xmllint");
        var command = new ArrayList<>(List.of("xmllint", "--noout", "--nonet", "--relaxng", relaxng.toString()));
        for (int i = 0; i < documents.size(); i++) {
            command.add(Files.writeString(folder.resolve(i + ".xml"), documents.get(i))
                    .toString());
        }
        Set<Integer> valid = new HashSet<>();
        Tool.attempt(command)
                .output()
                .lines()
                .filter(line -> line.endsWith(" validates"))
                .forEach(line -> {
                    String file = Path.of(line.substring(0, line.lastIndexOf(' ')))
                            .getFileName()
                            .toString();
                    valid.add(Integer.valueOf(file.substring(0, file.indexOf('.'))));
                });
        return valid;
    }
}
