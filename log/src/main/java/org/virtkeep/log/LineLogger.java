package org.virtkeep.log;

import java.util.Optional;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/// Writes what one class logs to the [ErrorLog]. Thread-safe.
final class LineLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    LineLogger(String name) {
        this.name = name; // the super class's
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String message, Object[] arguments, Throwable thrown) {
        String text = MessageFormatter.basicArrayFormat(message, arguments);
        ErrorLog.write(new LogEvent(level, name, text, Optional.ofNullable(thrown)));
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return LineLogger.class.getName();
    }

    @Override
    public boolean isTraceEnabled() {
        return ErrorLog.takes(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return ErrorLog.takes(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return ErrorLog.takes(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return ErrorLog.takes(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return ErrorLog.takes(Level.ERROR);
    }
}
