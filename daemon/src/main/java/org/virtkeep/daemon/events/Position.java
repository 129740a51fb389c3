package org.virtkeep.daemon.events;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far clients have been told of events, in a file that outlives the daemon. A failure to read or write it costs
/// no more than that the next daemon does not know what was missed. Confined to one thread.
final class Position {
    private static final Logger LOG = LoggerFactory.getLogger(Position.class);

    private final Path file;

    Position(Path file) {
        this.file = file;
    }

    /// @return empty if no daemon has been here
    OptionalLong read() {
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
        } catch (NoSuchFileException _) {
            return OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            LOG.warn("position in the events not readable file={} reason=\"{}\"", file, e.getMessage());
            return OptionalLong.empty();
        }
    }

    void write(long sequence) {
        Path staged = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(staged, sequence + "\n");
            Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("position in the events not written file={} reason=\"{}\"", file, e.getMessage());
        }
    }
}
