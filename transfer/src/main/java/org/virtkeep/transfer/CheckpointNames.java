package org.virtkeep.transfer;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// Names of the checkpoints that backups into one repository make: `virtkeep-REPOSITORY-TIME-RANDOM`.
/// The part of the repository's id in it keeps backups into several repositories apart. Immutable.
record CheckpointNames(UUID repository) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern REST = Pattern.compile("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}");

    private String prefix() {
        return "virtkeep-" + repository.toString().substring(0, 8) + "-";
    }

    /// A name that was not used before.
    String next(Instant now) {
        return prefix()
                + TIME.format(now)
                + "-%04x".formatted(ThreadLocalRandom.current().nextInt(1 << 16));
    }

    /// True if a backup into this repository made the checkpoint of that name.
    boolean owns(String checkpoint) {
        return checkpoint.startsWith(prefix())
                && REST.matcher(checkpoint.substring(prefix().length())).matches();
    }
}
