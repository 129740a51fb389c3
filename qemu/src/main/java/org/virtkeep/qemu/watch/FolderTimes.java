package org.virtkeep.qemu.watch;

import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// When directories were changed last.
record FolderTimes(List<FileTime> times) implements FolderState {
    /// Two changes that are closer to each other may have the same time: on most file systems, which count fractions
    /// of a second, by the kernel's clock tick.
    private static final Duration TICK = Duration.ofMillis(100);
    /// The same where only seconds are counted.
    private static final Duration SECONDS = Duration.ofSeconds(3);

    @Override
    public boolean showsChanges() {
        Instant now = Instant.now();
        return times.stream().allMatch(time -> isLongAgo(time.toInstant(), now));
    }

    private static boolean isLongAgo(Instant time, Instant now) {
        return time.isBefore(now.minus(time.getNano() == 0 ? SECONDS : TICK));
    }
}
