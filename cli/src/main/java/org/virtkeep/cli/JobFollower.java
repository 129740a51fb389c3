package org.virtkeep.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Event;

/// Waits for the end of a job and shows how far it is meanwhile.
final class JobFollower {
    /// How often progress is looked at; the end is heard of at once.
    private static final Duration TICK = Duration.ofMillis(500);

    private final Connection connection;
    private final Domain domain;
    private final int id;
    private final ProgressLine progress;
    private final Output output;

    JobFollower(Connection connection, Domain domain, int id, ProgressLine progress, Output output) {
        this.connection = connection;
        this.domain = domain;
        this.id = id;
        this.progress = progress;
        this.output = output;
    }

    /// @param after the newest event from before the job began
    /// @return the job as it ended
    /// @throws org.virtkeep.model.VirtException if the job can no longer be asked for
    BackupJob follow(long after) {
        String goesOn = "backup job %d of domain '%s' goes on; 'virtkeep domjobinfo' tells how far it is"
                .formatted(id, domain.name());
        try (var _ = LastWords.unlessClosed(output.noteLine(goesOn))) {
            return watch(after);
        } finally {
            progress.clear();
        }
    }

    private BackupJob watch(long after) {
        long seen = after;
        while (true) {
            BackupJob job = domain.backupJob(id);
            if (job.state().hasEnded()) {
                return job;
            }
            progress.show(job, System.nanoTime());
            List<Event> events = connection.events(seen, TICK);
            Optional<BackupJob> ended = events.stream().flatMap(this::ended).findFirst();
            if (ended.isPresent()) {
                return ended.get(); // its domain may be gone by now
            }
            seen = events.isEmpty() ? seen : events.getLast().sequence();
        }
    }

    private Stream<BackupJob> ended(Event event) {
        return switch (event) {
            case Event.JobCompleted completed
            when completed.job().id() == id && completed.domain().equals(domain.name()) -> Stream.of(completed.job());
            case Event.JobCompleted _, Event.BlockJob _, Event.Lifecycle _, Event.GuestNotice _, Event.EventsLost _ ->
                Stream.empty();
        };
    }
}
