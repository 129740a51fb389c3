package org.virtkeep.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.virtkeep.api.StateReason;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.state.DomainFolder;

/// Tells quickly of domains that they are shut off and that there is nothing to be found out about
/// them: no QEMU, no storage daemon, no unfinished job. A host may have hundreds of them, and clients
/// list them again and again. Thread-safe.
///
/// What is remembered holds as long as the times of change of the domain's folder and of its jobs' are
/// the same: every file in them is replaced by another, never written to, which changes these times.
final class RestingDomains {
    /// Two changes that are closer to each other may have the same time, on file systems that count
    /// seconds.
    private static final Duration GRAIN = Duration.ofSeconds(3);

    private final BackupOperations backups;
    private final Map<String, Rest> known = new ConcurrentHashMap<>();

    RestingDomains(BackupOperations backups) {
        this.backups = backups;
    }

    private record Times(FileTime folder, FileTime jobs) {
        boolean isLongAgo() {
            Instant limit = Instant.now().minus(GRAIN);
            return folder.toInstant().isBefore(limit) && jobs.toInstant().isBefore(limit);
        }
    }

    /// A domain at rest.
    ///
    /// @param reason why it is shut off
    record Rest(Times times, UUID uuid, StateReason reason) {}

    /// Empty if there is no such domain, or it has to be looked at.
    Optional<Rest> find(DomainFolder folder) {
        Optional<Times> times = times(folder);
        if (times.isEmpty()) {
            known.remove(folder.name());
            return Optional.empty();
        }
        Rest last = known.get(folder.name());
        return last != null && last.times.equals(times.get()) ? Optional.of(last) : look(folder, times.get());
    }

    /// @param times from before the look
    private Optional<Rest> look(DomainFolder folder, Times times) {
        known.remove(folder.name());
        if (folder.isHeld() || !folder.isDefined() || backups.hasRunning(folder)) {
            return Optional.empty();
        }
        Optional<Rest> rest = folder.uuid().map(uuid -> new Rest(times, uuid, ReasonWords.ofEnd(folder.lastEnd())));
        rest.filter(_ -> times.isLongAgo()).ifPresent(found -> known.put(folder.name(), found));
        return rest;
    }

    private static Optional<Times> times(DomainFolder folder) {
        try {
            return Optional.of(
                    new Times(Files.getLastModifiedTime(folder.path()), Files.getLastModifiedTime(folder.jobs())));
        } catch (IOException _) {
            return Optional.empty(); // not, or not wholly, there
        }
    }
}
