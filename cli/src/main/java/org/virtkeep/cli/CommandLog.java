package org.virtkeep.cli;

import org.slf4j.simple.SimpleLogger;

/// Sends the log to standard error: warnings and errors, and everything with `--debug`. By slf4j's simple provider,
/// because that loads in a tenth of the time that the daemon's takes. Stateless.
final class CommandLog {
    private static final String PROVIDER = "org.slf4j.simple.SimpleServiceProvider";

    private CommandLog() {}

    /// To be called before anything logs.
    static void prepare(boolean debug) {
        System.setProperty("slf4j.provider", PROVIDER);
        System.setProperty("slf4j.internal.verbosity", "WARN"); // or it tells that it does so
        System.setProperty(SimpleLogger.DEFAULT_LOG_LEVEL_KEY, debug ? "debug" : "warn");
        System.setProperty(SimpleLogger.SHOW_SHORT_LOG_NAME_KEY, "true");
        System.setProperty(SimpleLogger.SHOW_THREAD_NAME_KEY, Boolean.toString(debug));
        if (debug) {
            System.setProperty(SimpleLogger.SHOW_DATE_TIME_KEY, "true");
            System.setProperty(SimpleLogger.DATE_TIME_FORMAT_KEY, "HH:mm:ss.SSS");
        }
    }
}
