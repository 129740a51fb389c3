package org.virtkeep.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.qemu.state.DomainFolder;

/// When the directories of a domain were changed last. While these times are the same, so are the files
/// in them, whoever works on the domain: every file is replaced by another, never written to, which
/// changes the directory's time. Immutable.
record FolderTimes(List<FileTime> times) {
    /// Two changes that are closer to each other may have the same time: on most file systems, which count fractions
    /// of a second, by the kernel's clock tick.
    private static final Duration TICK = Duration.ofMillis(100);
    /// The same where only seconds are counted.
    private static final Duration SECONDS = Duration.ofSeconds(3);

    /// Of what makes the domain known, defined and held by a process; empty if it is not there.
    static Optional<FolderTimes> ofDomain(DomainFolder folder) {
        return of(List.of(folder.path()));
    }

    /// Of all that is recorded of the domain; empty if it is not, or not wholly, there.
    static Optional<FolderTimes> ofAll(DomainFolder folder) {
        return of(List.of(folder.path(), folder.jobs(), folder.checkpoints(), folder.snapshots()))
                .map(times -> times.with(timeOfBlockJobs(folder)));
    }

    private static Optional<FolderTimes> of(List<Path> directories) {
        var times = new ArrayList<FileTime>(directories.size());
        try {
            for (Path directory : directories) {
                times.add(Files.getLastModifiedTime(directory));
            }
            return Optional.of(new FolderTimes(times));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// Their directory is made when there is the first one, which changes the time of the domain's.
    private static FileTime timeOfBlockJobs(DomainFolder folder) {
        try {
            return Files.getLastModifiedTime(folder.blockJobs());
        } catch (IOException _) {
            return FileTime.fromMillis(0);
        }
    }

    private FolderTimes with(FileTime another) {
        var all = new ArrayList<>(times);
        all.add(another);
        return new FolderTimes(all);
    }

    /// True if every change from now on gets another time.
    boolean areLongAgo() {
        Instant now = Instant.now();
        return times.stream().allMatch(time -> isLongAgo(time.toInstant(), now));
    }

    private static boolean isLongAgo(Instant time, Instant now) {
        return time.isBefore(now.minus(time.getNano() == 0 ? SECONDS : TICK));
    }
}
