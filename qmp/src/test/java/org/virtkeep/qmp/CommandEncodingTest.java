package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandEncodingTest {

    static List<SampleCommands.Sample> samples() {
        return SampleCommands.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isEncodedAsQemuWantsIt(SampleCommands.Sample sample) throws IOException {
        assertThat(sample.command().name()).isEqualTo(sample.name());
        assertThat(received(sample.command())).isEqualTo(sample.expectedArguments());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void argumentsBelongToTheCaller(SampleCommands.Sample sample) throws IOException {
        sample.command().arguments().removeAll();
        assertThat(received(sample.command())).isEqualTo(sample.expectedArguments());
    }

    /// What QEMU reads.
    private static JsonNode received(QmpCommand<?> command) throws IOException {
        return Json.parse(Json.encode(command.arguments()));
    }

    @Test
    void noCommandIsWithoutASample() throws Exception {
        Set<Class<?>> sampled =
                samples().stream().map(sample -> sample.command().getClass()).collect(Collectors.toSet());
        assertThat(CommandTypes.all()).isEqualTo(sampled);
    }

    @Test
    void optionsThatAreChangedLaterDoNotChangeTheCommand() {
        ObjectNode options = Json.object("driver", "raw");
        var command = new AddNode(options);
        options.put("driver", "file");
        assertThat(command.arguments().path("driver").asText()).isEqualTo("raw");
    }

    @Test
    void aTransactionWithoutActionsIsRefused() {
        assertThatThrownBy(() -> new Transaction(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void optionsAreComparedByValue() {
        assertThat(NodeOptions.raw("r", "f"))
                .isEqualTo(NodeOptions.raw("r", "f"))
                .hasSameHashCodeAs(NodeOptions.raw("r", "f"));
        assertThat(NodeOptions.raw("r", "f")).isNotEqualTo(NodeOptions.raw("r", "g"));
        assertThat(ImageOptions.qcow2("f", 1)).isEqualTo(ImageOptions.qcow2("f", 1));
        assertThat(StartBackup.full("j", "a", "b")).isEqualTo(StartBackup.full("j", "a", "b"));
        assertThat(StartBackup.full("j", "a", "b").withSpeed(1)).isNotEqualTo(StartBackup.full("j", "a", "b"));
    }

    @Test
    void aBackupTellsItsPlaces() {
        StartBackup backup = StartBackup.full("j", "vda", "t");
        assertThat(List.of(backup.jobId(), backup.device(), backup.target())).containsExactly("j", "vda", "t");
        assertThat(NodeOptions.raw("r", "f").nodeName()).isEqualTo("r");
    }
}
