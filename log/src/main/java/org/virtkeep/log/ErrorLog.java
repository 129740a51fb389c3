package org.virtkeep.log;

import org.slf4j.event.Level;

/// What this process logs: a line for each event on standard error, warnings and errors only unless it says
/// otherwise. There is one in a process. Thread-safe.
///
/// It does no more than this because every short command waits for it: loggers that read configuration files take
/// longer to load than the command takes.
public final class ErrorLog {
    private static volatile Level least = Level.WARN;
    private static volatile LineForm form = LineForm.SHORT;

    private ErrorLog() {}

    /// Makes this the process's log, which spares slf4j looking for one in all jars. To be called before anything
    /// logs; again, when it is to change.
    public static void start(Level level, LineForm lines) {
        System.setProperty("slf4j.provider", LogProvider.class.getName());
        System.setProperty("slf4j.internal.verbosity", Level.WARN.name()); // or it tells that it does so
        level(level);
        form = lines;
    }

    /// From now on nothing below `level` is written.
    public static void level(Level level) {
        least = level;
    }

    static boolean takes(Level level) {
        return level.toInt() >= least.toInt();
    }

    static void write(LogEvent event) {
        System.err.print(form.text(event)); // in one piece: many threads log
    }
}
