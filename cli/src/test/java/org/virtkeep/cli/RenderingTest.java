package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Tables, sizes, durations, rates, JSON.
class RenderingTest {

    @Test
    void replacesWhatWouldDisturbATerminal() {
        var table = new Table("A", "B");
        table.row("x\033[2J", "two\nlines");
        assertThat(table.render(false)).isEqualTo(" x?[2J   two?lines\n");
        assertThat(new Facts().add("Name", "a\tb").render()).isEqualTo("Name: a?b\n");
    }

    @Test
    void alignsByCharactersNotByCodeUnits() {
        var table = new Table("A", "B");
        table.row("ü😀", "1");
        table.row("abc", "2");
        assertThat(table.render(false)).isEqualTo(" ü😀    1\n abc   2\n");
    }

    @Test
    void refusesARowThatDoesNotFit() {
        assertThatThrownBy(() -> new Table("A", "B").row("1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void showsSizesWithTheLargestUnitThatFits() {
        assertThat(List.of(0L, 1023L, 1024L, 1536L << 10, Long.MAX_VALUE).stream()
                        .map(Humane::size))
                .containsExactly("0 B", "1023 B", "1.000 KiB", "1.500 MiB", "8.000 EiB");
    }

    @Test
    void countsOneThingAsOne() {
        assertThat(List.of(0L, 1L, 2L).stream().map(number -> Humane.count(number, "pack")))
                .containsExactly("0 packs", "1 pack", "2 packs");
    }

    @Test
    void showsDurationsAsPreciselyAsTheyMatter() {
        assertThat(List.of(0L, 449L, 59_999L, 60_000L, 185_000L, 7_440_000L).stream()
                        .map(millis -> Humane.duration(Duration.ofMillis(millis))))
                .containsExactly("0.0 s", "0.4 s", "59.9 s", "1 min 00 s", "3 min 05 s", "2 h 04 min");
    }

    @Test
    void measuresTheRateOverTheLastTenSeconds() {
        var rate = new TransferRate();
        rate.add(0, 0);
        assertThat(rate.bytesPerSecond()).isEmpty();
        rate.add(seconds(5), 1_000_000);
        assertThat(rate.bytesPerSecond()).hasValue(200_000);
        rate.add(seconds(12), 1_000_700);
        assertThat(rate.bytesPerSecond()).hasValue(100);
    }

    @Test
    void doesNotGoBackwards() {
        var rate = new TransferRate();
        rate.add(0, 100);
        rate.add(seconds(1), 50);
        assertThat(rate.bytesPerSecond()).hasValue(0);
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void writesJsonInTheOrderOfItsFields() {
        var inner = new JsonObject().put("b", true).putNull("c");
        var json = new JsonObject()
                .put("z", "a\"\n")
                .put("n", Long.MAX_VALUE)
                .put("t", Jobs.STARTED)
                .putText("o", Optional.empty())
                .put("inner", inner)
                .put("list", List.of(inner));
        assertThat(json)
                .hasToString("{\"z\":\"a\\\"\\n\",\"n\":9223372036854775807,\"t\":\"2026-03-01T12:00:00Z\",\"o\":null,"
                        + "\"inner\":{\"b\":true,\"c\":null},\"list\":[{\"b\":true,\"c\":null}]}");
        assertThat(JsonObject.array(List.of())).isEqualTo("[]");
    }

    @Test
    void findsWhatWasMeant() {
        assertThat(Similar.distance("strat", "start")).isEqualTo(1);
        assertThat(Similar.distance("", "abc")).isEqualTo(3);
        assertThat(Similar.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Similar.to("domblklst", Commands.names())).contains("domblklist");
        assertThat(Similar.to("frobnicate", Commands.names())).isEmpty();
    }
}
