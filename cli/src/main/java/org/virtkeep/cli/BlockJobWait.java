package org.virtkeep.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.Connection;
import org.virtkeep.api.DiskJob;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Event;
import org.virtkeep.api.Event.BlockJobStatus;
import org.virtkeep.model.Deadline;

/// Waits until a block job is ready or has ended, and shows how far it is meanwhile.
final class BlockJobWait {
    private static final Duration TICK = Duration.ofMillis(300);
    private static final String ERASE = "\r\033[K";

    private final Connection connection;
    private final Domain domain;
    private final String disk;
    private final Surroundings surroundings;
    private final boolean drawn;
    private long seen;

    /// Made before the job begins: what is told from now on is about it.
    ///
    /// @param disk its target
    BlockJobWait(Connection connection, Domain domain, String disk, Surroundings surroundings, boolean drawn) {
        this.connection = connection;
        this.domain = domain;
        this.disk = disk;
        this.surroundings = surroundings;
        this.drawn = drawn;
        this.seen = connection.lastEvent();
    }

    /// What became of it.
    ///
    /// @param error why it failed, if that is known
    record Result(BlockJobStatus status, Optional<String> error) {}

    /// @return empty if the time is up
    Optional<Result> until(Deadline deadline) {
        try {
            while (!deadline.hasPassed()) {
                Optional<DiskJob> now = domain.blockJob(disk);
                Optional<Result> told = told(now.isEmpty() ? Duration.ofMillis(1) : TICK);
                if (told.isPresent()) {
                    return told;
                }
                if (now.isEmpty()) {
                    return Optional.of(new Result(BlockJobStatus.COMPLETED, Optional.empty()));
                }
                draw(now.get());
            }
            return Optional.empty();
        } finally {
            erase();
        }
    }

    private Optional<Result> told(Duration limit) {
        List<Event> events = connection.events(seen, limit);
        if (!events.isEmpty()) {
            seen = events.getLast().sequence();
        }
        return events.stream()
                .filter(Event.BlockJob.class::isInstance)
                .map(Event.BlockJob.class::cast)
                .filter(event -> event.type() != BlockJobType.BACKUP
                        && event.domain().equals(domain.name())
                        && event.disk().equals(disk))
                .map(event -> new Result(event.status(), event.error()))
                .findFirst();
    }

    private void draw(DiskJob job) {
        if (drawn && job.end() > 0) {
            surroundings
                    .err()
                    .print(String.format(
                            Locale.ROOT,
                            "%sdisk '%s': %s, %.1f %%",
                            ERASE,
                            disk,
                            BlockJobWords.of(job.type()),
                            100.0 * job.current() / job.end()));
            surroundings.err().flush();
        }
    }

    private void erase() {
        if (drawn) {
            surroundings.err().print(ERASE);
            surroundings.err().flush();
        }
    }
}
