package org.virtkeep.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;
import org.virtkeep.daemon.config.Settings.LogLevel;

/// The daemon's log: a line for each event on standard error, `message key=value …`.
final class Log {
    /// systemd's journal keeps the time, and reads the priority from the line (`sd-daemon(3)`).
    private static final String FOR_THE_JOURNAL = "%replace(%replace(%replace(%replace(%level){'ERROR','<3>'}){'WARN',"
            + "'<4>'}){'INFO','<6>'}){'DEBUG|TRACE','<7>'}%msg%n%nopex%ex{short}";
    private static final String FOR_PEOPLE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n";

    private Log() {}

    /// Takes the place of whatever was configured before.
    static void start(LogLevel level) {
        LoggerContext context = context();
        context.reset();
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(System.getenv("JOURNAL_STREAM") == null ? FOR_PEOPLE : FOR_THE_JOURNAL);
        encoder.start();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        root().addAppender(appender);
        level(level);
    }

    static void level(LogLevel level) {
        root().setLevel(Level.toLevel(level.name()));
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    private static Logger root() {
        return context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
