package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.disk;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// The same checkpoints made known to virtkeep and to libvirt's test driver: what is listed, how it is
/// drawn and what is refused must not differ.
@Tag("interop")
class CheckpointTreeIT {
    @TempDir
    Path dir;

    private Virtkeep virtkeep;

    /// In an order in which parents come first, which virsh needs and virtkeep does not.
    private final List<Path> documents = new ArrayList<>();

    @BeforeEach
    void redefine() throws IOException {
        Tools.require("virsh", "qemu-img");
        var requests = new Requests(dir);
        virtkeep = Virtkeep.on(dir.resolve("root"));
        Path image = Images.qcow2(dir.resolve("vda.qcow2"), "8M");
        virtkeep.run("define", requests.domain("test", disk("vda", image, "qcow2")));
        int time = 1_700_000_000;
        for (String each : List.of("a", "a/c", "a/b", "b/e", "b/d", "d/f", "z")) {
            documents.add(document(each.split("/"), time++));
        }
        long seed = System.nanoTime();
        System.out.println("order of redefinition: seed " + seed);
        var shuffled = new ArrayList<>(documents);
        Collections.shuffle(shuffled, new Random(seed));
        var command = new ArrayList<>(List.of("checkpoint-create", "test", "--redefine"));
        shuffled.forEach(file -> command.add(file.toString()));
        virtkeep.run(command.toArray(String[]::new));
    }

    private Path document(String[] lineage, int time) throws IOException {
        String name = lineage[lineage.length - 1];
        String parent = lineage.length == 1 ? "" : "<parent><name>%s</name></parent>".formatted(lineage[0]);
        return Files.writeString(dir.resolve(name + ".xml"), """
                <domaincheckpoint><name>%s</name>%s<creationTime>%d</creationTime></domaincheckpoint>""".formatted(name, parent, time));
    }

    /// libvirt's test driver forgets everything at virsh's end.
    private Tool.Result virsh(String... command) {
        String script = documents.stream()
                        .map(file -> "checkpoint-create test --redefine " + file + "; ")
                        .collect(Collectors.joining())
                + String.join(" ", command);
        return Tool.attempt("virsh", "-q", "-c", "test:///default", script);
    }

    private static List<String> lines(String printed) {
        return printed.lines()
                .filter(line -> !line.startsWith("Domain checkpoint "))
                .map(String::stripTrailing)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private void requireSame(String... command) {
        Tool.Result expected = virsh(command);
        assertThat(expected.exitCode()).as(expected.output()).isZero();
        var quiet = new ArrayList<>(List.of("-q"));
        quiet.addAll(Arrays.asList(command));
        assertThat(lines(virtkeep.run(quiet.toArray(String[]::new))))
                .as(String.join(" ", command))
                .isEqualTo(lines(expected.output()));
    }

    @Test
    void listsWhatVirshLists() {
        requireSame("checkpoint-list", "test", "--parent");
        requireSame("checkpoint-list", "test", "--tree");
        requireSame("checkpoint-list", "test", "--roots", "--name");
        requireSame("checkpoint-list", "test", "--no-leaves", "--name");
        requireSame("checkpoint-list", "test", "--from", "a", "--descendants", "--leaves", "--name");
        requireSame("checkpoint-list", "test", "--from", "a", "--descendants", "--tree");
        assertThat(lines(virtkeep.run("checkpoint-list", "test", "--leaves", "--no-leaves", "--name")))
                .as("no filter, as libvirt's documentation has it")
                .hasSize(7);
    }

    @Test
    void deletesAndRefusesAsLibvirtDoes() {
        assertRefused(ErrorCode.NO_DOMAIN_CHECKPOINT, 10, "checkpoint-parent", "test", "a");
        assertRefused(ErrorCode.INVALID_ARG, 69, "checkpoint-delete", "test", "a", "--children", "--children-only");
        assertRefused(ErrorCode.INVALID_ARG, 20, "checkpoint-create", "test", "--redefine", own("a", "f", "1"));
        assertRefused(ErrorCode.INTERNAL_ERROR, 69, "checkpoint-create", "test", "--redefine", own("n", "a", ""));
        virtkeep.run("checkpoint-delete", "test", "b", "--metadata");
        virtkeep.run("checkpoint-delete", "test", "d", "--children-only", "--metadata");
        virtkeep.run("checkpoint-delete", "test", "a", "--children", "--metadata");
        Tool.Result expected = virsh(
                "checkpoint-delete test b --metadata; checkpoint-delete test d --children-only --metadata;",
                "checkpoint-delete test a --children --metadata; checkpoint-list test --tree");
        assertThat(lines(virtkeep.run("checkpoint-list", "test", "--tree"))).isEqualTo(lines(expected.output()));
        importsAndRepairs();
    }

    private String own(String name, String parent, String time) {
        String created = time.isEmpty() ? "" : "<creationTime>%s</creationTime>".formatted(time);
        try {
            return Files.writeString(
                            dir.resolve("own.xml"),
                            "<domaincheckpoint><name>%s</name><parent><name>%s</name></parent>%s</domaincheckpoint>"
                                    .formatted(name, parent, created))
                    .toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void assertRefused(ErrorCode code, int domain, String... command) {
        JsonNode error = virtkeep.refused(code, command);
        assertThat(error.path("domain").asInt()).as(error.toString()).isEqualTo(domain);
    }

    private void importsAndRepairs() {
        String image = dir.resolve("vda.qcow2").toString();
        Tool.run("qemu-img", "bitmap", "--add", image, "found");
        virtkeep.run("checkpoint-import", "test");
        assertThat(virtkeep.run("checkpoint-list", "test", "--health")).containsPattern("found +vda +ok");
        Tool.run("qemu-img", "bitmap", "--remove", image, "found");
        assertThat(virtkeep.json("checkpoint-repair", "test", "found").findValuesAsText("action"))
                .containsExactly("checkpoint dropped");
        assertThat(virtkeep.json("checkpoint-list", "test", "--name").findValuesAsText("name"))
                .containsExactly("z");
    }
}
