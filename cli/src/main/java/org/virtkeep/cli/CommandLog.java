package org.virtkeep.cli;

import org.slf4j.event.Level;
import org.virtkeep.log.ErrorLog;
import org.virtkeep.log.LineForm;

/// Sends the log to standard error: warnings and errors, and everything with `--debug`. Stateless.
final class CommandLog {
    private CommandLog() {}

    /// To be called before anything logs.
    static void prepare(boolean debug) {
        if (debug) {
            ErrorLog.start(Level.DEBUG, LineForm.DETAILED);
        } else {
            ErrorLog.start(Level.WARN, LineForm.SHORT);
        }
    }
}
