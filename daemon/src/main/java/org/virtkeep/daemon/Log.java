package org.virtkeep.daemon;

import org.slf4j.event.Level;
import org.virtkeep.daemon.config.Settings.LogLevel;
import org.virtkeep.log.ErrorLog;
import org.virtkeep.log.LineForm;

/// The daemon's log: a line for each event on standard error, `message key=value …`.
final class Log {
    private Log() {}

    /// To be called before anything logs.
    static void start() {
        ErrorLog.start(Level.INFO, System.getenv("JOURNAL_STREAM") == null ? LineForm.DATED : LineForm.JOURNAL);
    }

    static void level(LogLevel level) {
        ErrorLog.level(Level.valueOf(level.name()));
    }
}
