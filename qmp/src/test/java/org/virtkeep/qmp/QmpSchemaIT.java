package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;

/// Our commands against the schema of the installed QEMU.
@Tag("qemu")
@Timeout(120)
class QmpSchemaIT {

    @TempDir
    private static Path directory;

    private static QemuProcess qemu;
    private static QmpConnection connection;

    @BeforeAll
    static void startQemu() throws Exception {
        qemu = QemuProcess.start(directory, 1);
        connection = qemu.connect(0);
    }

    @AfterAll
    static void stopQemu() throws Exception {
        connection.close();
        qemu.close();
    }

    private static Deadline soon() {
        return Deadline.inMillis(30_000);
    }

    /// The samples that this QEMU is new enough for.
    private static List<SampleCommands.Sample> samples() {
        return SampleCommands.all().stream()
                .filter(sample ->
                        sample.sinceQemu().compareTo(connection.greeting().version()) <= 0)
                .toList();
    }

    /// The schema as QEMU sends it.
    private record RawSchema() implements QmpCommand<JsonNode> {
        @Override
        public String name() {
            return "query-qmp-schema";
        }

        @Override
        public JsonNode decode(JsonNode result) {
            return result;
        }
    }

    @Test
    void everyCommandFitsTheSchema() throws QmpException {
        var schema = new SchemaCheck(connection.execute(new RawSchema(), soon()));
        var softly = new SoftAssertions();
        for (SampleCommands.Sample sample : samples()) {
            softly.assertThat(schema.problems(sample.command()))
                    .as("%s", sample)
                    .isEmpty();
        }
        softly.assertAll();
    }

    @Test
    void theCheckFindsWhatDoesNotFit() throws QmpException {
        var schema = new SchemaCheck(connection.execute(new RawSchema(), soon()));
        NodeOptions raw = NodeOptions.raw("r", "f");
        assertThat(schema.problems(new AddNode(raw))).isEmpty();
        assertThat(schema.problems(new AddNode(raw.with("filename", "a")))).isNotEmpty();
        assertThat(schema.problems(new AddNode(raw.with("read-only", "true")))).isNotEmpty();
        assertThat(schema.problems(new AddNode(raw.with("driver", "rew")))).isNotEmpty();
        assertThat(schema.problems(new AddNode(raw.with("file", 7)))).isNotEmpty();
        assertThat(schema.problems(new AddNode(NodeOptions.of("raw", "r")))).isNotEmpty();
        assertThat(schema.problems(new ReopenNodes(List.of(NodeOptions.of("raw", "r")))))
                .isNotEmpty();
    }

    @Test
    void theSchemaKnowsEveryCommandAndArgument() throws QmpException {
        QmpSchema schema = connection.execute(new QueryQmpSchema(), soon());
        var softly = new SoftAssertions();
        for (SampleCommands.Sample sample : samples()) {
            softly.assertThat(schema.hasCommand(sample.name()))
                    .as(sample.name())
                    .isTrue();
            for (String argument : paths(sample)) {
                softly.assertThat(schema.hasArgument(sample.name(), argument))
                        .as("%s %s", sample.name(), argument)
                        .isTrue();
            }
        }
        softly.assertAll();
    }

    @Test
    void theSchemaTellsWhatIsNotThere() throws QmpException {
        QmpSchema schema = connection.execute(new QueryQmpSchema(), soon());
        assertThat(schema.hasCommand("block-dirty-bitmap-populate-all")).isFalse();
        assertThat(schema.hasArgument("blockdev-backup", "on-cbw")).isFalse();
        assertThat(schema.hasArgument("blockdev-backup", "x-perf.speed")).isFalse();
        assertThat(schema.hasArgumentValue("blockdev-add", "driver", "copy-before-write"))
                .isTrue();
        assertThat(schema.hasArgumentValue("blockdev-add", "driver", "copy-after-write"))
                .isFalse();
        assertThat(schema.hasArgumentValue("blockdev-create", "options.compression-type", "zlib"))
                .isTrue();
        assertThat(schema.hasEvent("JOB_STATUS_CHANGE")).isTrue();
        assertThat(schema.hasEvent("JOB_STATUS")).isFalse();
        if (!connection.greeting().version().atLeast(8, 0)) { // [qemu 7.2]
            assertThat(schema.hasArgument("blockdev-backup", "on-cbw-error")).isFalse();
            assertThat(schema.hasArgument("blockdev-add", "on-cbw-error")).isTrue();
        }
    }

    /// All paths to arguments that a sample sends, but for the properties of a device, which no schema lists.
    private static Set<String> paths(SampleCommands.Sample sample) {
        var paths = new HashSet<String>();
        addPaths(sample.expectedArguments(), "", paths);
        if (sample.command() instanceof AddDevice) {
            paths.remove("drive");
        }
        return paths;
    }

    private static void addPaths(JsonNode value, String path, Set<String> paths) {
        switch (value) {
            case ObjectNode object ->
                object.fieldNames().forEachRemaining(member -> {
                    String memberPath = path.isEmpty() ? member : path + "." + member;
                    paths.add(memberPath);
                    addPaths(object.get(member), memberPath, paths);
                });
            case ArrayNode array -> array.forEach(element -> addPaths(element, path, paths));
            default -> {}
        }
    }
}
