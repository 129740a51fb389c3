package org.virtkeep.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class ErrorLogTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    @BeforeEach
    void catchWhatIsWritten() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void letGo() {
        System.setErr(before);
        ErrorLog.start(Level.WARN, LineForm.SHORT);
    }

    private String log(Level level, LineForm form, Runnable logging) {
        ErrorLog.start(level, form);
        logging.run();
        return written.toString(StandardCharsets.UTF_8);
    }

    private static Logger logger() {
        return LoggerFactory.getLogger(ErrorLogTest.class);
    }

    @Test
    void isTheLogOfAllWhoLogBySlf4j() {
        assertThat(log(Level.WARN, LineForm.SHORT, () -> logger().warn("lost socket={} bytes={}", "s", 7)))
                .isEqualTo("WARN ErrorLogTest - lost socket=s bytes=7\n");
    }

    @Test
    void leavesOutWhatIsBelowItsLevel() {
        String text = log(Level.INFO, LineForm.SHORT, () -> {
            logger().debug("not this");
            logger().info("this");
            ErrorLog.level(Level.ERROR);
            logger().warn("nor this");
            logger().error("and this");
        });
        assertThat(text).isEqualTo("INFO ErrorLogTest - this\nERROR ErrorLogTest - and this\n");
        assertThat(logger().isErrorEnabled()).isTrue();
        assertThat(logger().isWarnEnabled()).isFalse();
    }

    @Test
    void tellsTimeAndThreadWhereAFaultIsSought() {
        assertThat(log(Level.TRACE, LineForm.DETAILED, () -> logger().trace("it")))
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\[.+] TRACE ErrorLogTest - it\n");
    }

    @Test
    void tellsTheDayWhereItIsKept() {
        assertThat(log(Level.DEBUG, LineForm.DATED, () -> logger().info("it")))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) INFO  ErrorLogTest: it\n");
    }

    @Test
    void tellsSystemdThePriority() {
        String text = log(Level.DEBUG, LineForm.JOURNAL, () -> {
            logger().error("a");
            logger().warn("b");
            logger().info("c");
            logger().debug("d");
        });
        assertThat(text).isEqualTo("<3>a\n<4>b\n<6>c\n<7>d\n");
    }

    @Test
    void tellsWhatWasThrownAndWhere() {
        var thrown = new IOException("no space");
        assertThat(log(Level.WARN, LineForm.SHORT, () -> logger().warn("lost what={}", "x", thrown)))
                .startsWith("WARN ErrorLogTest - lost what=x\njava.io.IOException: no space\n\tat org.virtkeep.log")
                .hasLineCount(thrown.getStackTrace().length + 2);
    }

    @Test
    void tellsTheJournalOnlyTheBeginningOfATrace() {
        String text = log(Level.WARN, LineForm.JOURNAL, () -> logger().warn("lost", new IOException("no space")));
        assertThat(text)
                .startsWith("<4>lost\njava.io.IOException: no space\n\tat org.virtkeep.log")
                .hasLineCount(3);
    }
}
