package org.virtkeep.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.slf4j.event.Level;

/// What a line of the log looks like.
public enum LineForm {
    /// `WARN RpcClient - message`: beside what a command writes for people.
    SHORT {
        @Override
        String line(LogEvent event) {
            return event.level() + " " + event.shortLogger() + " - " + event.message();
        }
    },

    /// `09:41:00.123 [main] DEBUG RpcClient - message`: to find a fault.
    DETAILED {
        @Override
        String line(LogEvent event) {
            return "%s [%s] %s"
                    .formatted(now("HH:mm:ss.SSS"), Thread.currentThread().getName(), SHORT.line(event));
        }
    },

    /// `2026-11-23T09:41:00.123Z INFO  Daemon: message`: kept, and read by people later.
    DATED {
        @Override
        String line(LogEvent event) {
            return "%s %-5s %s: %s"
                    .formatted(
                            now("yyyy-MM-dd'T'HH:mm:ss.SSSXXX"), event.level(), event.shortLogger(), event.message());
        }
    },

    /// `<6>message`: systemd's journal keeps the time, and reads the priority from the line (`sd-daemon(3)`). What
    /// was thrown is told in two lines.
    JOURNAL {
        @Override
        String line(LogEvent event) {
            return "<" + priority(event.level()) + ">" + event.message();
        }

        @Override
        String trace(Throwable thrown) {
            return super.trace(thrown)
                    .lines()
                    .limit(2)
                    .reduce("", (above, line) -> above + line + System.lineSeparator());
        }
    };

    /// All lines, with their ends.
    String text(LogEvent event) {
        Optional<String> trace = event.cause().map(this::trace);
        return line(event) + System.lineSeparator() + trace.orElse("");
    }

    abstract String line(LogEvent event);

    String trace(Throwable thrown) {
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    private static String now(String pattern) {
        return OffsetDateTime.now().format(DateTimeFormatter.ofPattern(pattern));
    }

    /// syslog's.
    private static int priority(Level level) {
        return switch (level) {
            case ERROR -> 3;
            case WARN -> 4;
            case INFO -> 6;
            case DEBUG, TRACE -> 7;
        };
    }
}
