package org.virtkeep.qemu.backup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qmp.QmpConnection;
import org.virtkeep.qmp.QmpEvent;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QmpSubscription;

/// A keeper's own view of its QEMU, through a monitor that commands do not use, so that it sees trouble at
/// once and can free the guest even while a command holds the domain. Confined to one thread, but for [#wake()].
final class QemuWatch implements AutoCloseable {

    /// Between two looks; an event that may be about trouble ends the wait.
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private static final Set<String> SIGNS =
            Set.of("STOP", "BLOCK_IO_ERROR", "BLOCK_JOB_ERROR", "BLOCK_WRITE_THRESHOLD", "SHUTDOWN");

    /// A monitor that another keeper has does not greet; the next one is tried then.
    private static final Duration GREETING_LIMIT = Duration.ofMillis(500);

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(15);

    /// How long another job that is to blame, and its keeper, may take to be gone.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final DomainFolder folder;
    private final JobStore jobs;
    private final String tag;
    private volatile Optional<Line> line = Optional.empty();
    private Optional<Deadline> patience = Optional.empty();

    /// @param tag the root's tag, which the job's names begin with
    QemuWatch(DomainFolder folder, JobStore jobs, String tag) {
        this.folder = folder;
        this.jobs = jobs;
        this.tag = tag;
    }

    /// What a look has shown.
    sealed interface Sight {
        record Fine() implements Sight {}

        /// The guest was in trouble because of the job. The job is given up, or some of its disks, and the guest runs
        /// ([GivingUp]).
        record Freed() implements Sight {}

        /// No monitor of our own could be had, or another job is in trouble that nobody looks after: look through a
        /// session instead.
        record Unseen() implements Sight {}
    }

    private record Line(QmpMonitor monitor, QmpSubscription events) implements AutoCloseable {
        @Override
        public void close() {
            events.close();
            monitor.close();
        }
    }

    /// Waits a moment, looks, and frees the guest if it must be.
    Sight look(JobRecord job) {
        if (line.isEmpty()) {
            line = connect();
        }
        if (line.isEmpty()) {
            Pause.of(BETWEEN_LOOKS.multipliedBy(2));
            return new Sight.Unseen();
        }
        try {
            awaitSign(line.get().events());
            return check(line.get().monitor(), job);
        } catch (QmpException e) {
            close();
            return new Sight.Unseen();
        }
    }

    /// A begin makes QEMU tell of much else.
    private static void awaitSign(QmpSubscription events) {
        var deadline = Deadline.in(BETWEEN_LOOKS);
        Optional<QmpEvent> event;
        do {
            event = events.next(deadline);
        } while (event.isPresent() && !SIGNS.contains(event.get().name()));
    }

    /// Ends the wait of the look in work. Any thread.
    void wake() {
        line.ifPresent(present -> present.events().close());
    }

    private Sight check(QmpMonitor monitor, JobRecord job) throws QmpException {
        var deadline = Deadline.in(COMMAND_LIMIT);
        var domain = new DomainJobs(folder, jobs, tag);
        return switch (Trouble.find(monitor, domain, job, deadline)) {
            case Trouble.Sight.Calm() -> {
                patience = Optional.empty();
                yield new Sight.Fine();
            }
            case Trouble.Sight.Ours ours -> {
                GivingUp.run(monitor, domain, job, ours, deadline);
                yield new Sight.Freed();
            }
            case Trouble.Sight.Anothers(JobRecord other) -> leaveTo(other);
        };
    }

    /// Another job's keeper gives its job up; if it is dead or does not come to it, a session does.
    private Sight leaveTo(JobRecord other) {
        boolean kept = other.keeper().filter(keeper -> keeper.isAlive()).isPresent();
        Deadline limit = patience.orElseGet(() -> Deadline.in(PATIENCE));
        boolean overdue = !kept || limit.hasPassed();
        patience = overdue ? Optional.empty() : Optional.of(limit);
        return overdue ? new Sight.Unseen() : new Sight.Fine();
    }

    private Optional<Line> connect() {
        List<Path> monitors = folder.readHolder().map(DomainRun::watchMonitors).orElse(List.of());
        for (Path socket : monitors) {
            try {
                QmpMonitor monitor = QmpConnection.connect(socket, Deadline.in(GREETING_LIMIT));
                return Optional.of(new Line(monitor, monitor.subscribe()));
            } catch (QmpException _) {
                // taken by another keeper, or QEMU is gone; the session that is opened instead finds out which
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        line.ifPresent(Line::close);
        line = Optional.empty();
    }
}
