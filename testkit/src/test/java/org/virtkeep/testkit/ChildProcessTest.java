package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildProcessTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void talksWithAProcessAndGivesItsExitCode() {
        try (var child = ChildProcess.start("sh", List.of("sh", "-c", "read word; echo got $word; exit 3"))) {
            child.send("it");
            assertThat(child.awaitLine(0, LIMIT, line -> line.startsWith("got")))
                    .isEqualTo("got it");
            assertThat(child.awaitExit(LIMIT)).isEqualTo(3);
        }
    }

    @Test
    void aLineThatNeverComesFailsWithTheLastOutput() {
        try (var child = ChildProcess.start("sh", List.of("sh", "-c", "echo the end"))) {
            assertThatThrownBy(() -> child.awaitLine(0, LIMIT, line -> line.equals("more")))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("the end");
        }
    }

    @Test
    void closingKills() {
        var child = ChildProcess.start("sleep", List.of("sleep", "1000"));
        assertThat(child.isAlive()).isTrue();
        child.close();
        assertThat(child.isAlive()).isFalse();
        assertThat(child.exitCode()).contains(128 + 9);
    }
}
