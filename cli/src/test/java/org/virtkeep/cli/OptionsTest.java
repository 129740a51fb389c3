package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.virtkeep.transfer.DiskTargets.Format;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

class OptionsTest {
    private final CommandSpec spec = CommandSpec.create();
    private final Options options = new Options(spec);
    private final List<Object> given = new ArrayList<>();

    private List<Object> parse(String... words) {
        new CommandLine(spec).parseArgs(words);
        return given;
    }

    @Test
    void givesEachFieldItsValueInItsType() {
        options.flag("--flag", "a flag", given::add);
        options.text("--text", "TEXT", "a text", given::add);
        options.path("--path", "PATH", "a path", given::add);
        options.number("--number", "N", "a number", given::add);
        options.longNumber("--long", "N", "a long number", given::add);
        options.size("--size", "SIZE", "a size", given::add);
        options.imageFormat("--format", "FORMAT", "a format", given::add);
        String[] words =
                "--flag --text t --path p --number -1 --long 9223372036854775807 --size 4KiB --format raw".split(" ");
        assertThat(parse(words)).containsExactly(true, "t", Path.of("p"), -1, Long.MAX_VALUE, 4096L, Format.RAW);
    }

    @Test
    void leavesFieldsAloneWhoseOptionsAreNotGiven() {
        options.flag("--flag", "a flag", given::add);
        options.number("--number", "N", "a number", given::add);
        options.texts("--texts", "TEXT", "texts", given::add);
        assertThat(parse()).isEmpty();
        assertThat(spec.findOption("--number").<Object>getValue()).isNull();
    }

    @Test
    void collectsWhatIsGivenSeveralTimes() {
        List<List<String>> texts = new ArrayList<>();
        List<Map<String, String>> pairs = new ArrayList<>();
        options.texts("--texts", "TEXT", "texts", texts::add);
        options.listedTexts("--listed", "TEXT", "texts", texts::add);
        options.requiredPairs("--pairs", "A=B", "pairs", pairs::add);
        parse("--texts", "a,b", "--texts", "c", "--listed", "d,e", "--pairs", "f=g", "--pairs", "h=i");
        assertThat(texts).contains(List.of("a,b", "c"), List.of("d", "e"));
        assertThat(pairs).last().isEqualTo(Map.of("f", "g", "h", "i"));
    }

    @Test
    void missesWhatIsRequired() {
        options.requiredText("--text", "TEXT", "a text", given::add);
        options.requiredPaths("--paths", "PATH", "paths", given::add);
        assertThatExceptionOfType(MissingParameterException.class)
                .isThrownBy(() -> parse("--text", "t"))
                .withMessageContaining("--paths");
        assertThatExceptionOfType(MissingParameterException.class)
                .isThrownBy(() -> parse("--paths", "p"))
                .withMessageContaining("--text");
    }

    @Test
    void refusesWhatIsNotOfTheType() {
        options.number("--number", "N", "a number", given::add);
        options.size("--size", "SIZE", "a size", given::add);
        assertThatExceptionOfType(ParameterException.class).isThrownBy(() -> parse("--number", "x"));
        assertThatExceptionOfType(ParameterException.class).isThrownBy(() -> parse("--size", "x"));
    }
}
