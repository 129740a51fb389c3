package org.virtkeep.log;

import java.util.Optional;
import org.slf4j.event.Level;

/// Something that happened just now, in the thread that tells.
///
/// @param logger the class that tells, with its package
record LogEvent(Level level, String logger, String message, Optional<Throwable> cause) {

    String shortLogger() {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }
}
