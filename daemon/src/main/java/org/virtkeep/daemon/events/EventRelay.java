package org.virtkeep.daemon.events;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Event;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.EventType;
import org.virtkeep.rpc.Program;

/// Reads the events of all domains, once for all clients, and tells them to those that registered. One virtual thread;
/// thread-safe.
///
/// Registrations end with their client and with the daemon. So that a client that comes back after a restart of the
/// daemon hears what happened meanwhile, who registers within [#CATCH_UP] of the start is first told the events since
/// the last that the daemon before has told.
public final class EventRelay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventRelay.class);
    private static final Duration CATCH_UP = Duration.ofMinutes(1);
    private static final int MOST_CAUGHT_UP = 1_000;
    /// For events, and after a failure; so long it may take to close.
    private static final Duration WAIT = Duration.ofMillis(500);
    /// So long nothing happens before it is written down how far clients have been told: not while they
    /// are served.
    private static final Duration QUIET = Duration.ofMillis(100);

    private final Connection connection;
    private final Position position;
    private final KnownDomains domains;
    private final Registrations registrations = new Registrations();
    private final Deadline catchUp = Deadline.in(CATCH_UP);
    private final Thread thread = Thread.ofVirtual().name("events").unstarted(this::run);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();

    // Guarded by lock; changed only by the thread, which reads without.
    private List<Told> missed = List.of();
    private boolean catchingUp;
    private long last;

    // Confined to the thread.
    /// What is written down of [#last], and until when it must be again.
    private long written;

    private Deadline writeBy = Deadline.in(WAIT);

    // Only changes to true.
    private volatile boolean closed;

    private EventRelay(Connection connection, Path positionFile) {
        this.connection = connection;
        this.position = new Position(positionFile);
        this.domains = new KnownDomains(connection);
    }

    /// Starts to relay what happens from now on.
    ///
    /// @param connection   not owned
    /// @param positionFile where this and the next daemon keep how far clients have been told
    public static EventRelay start(Connection connection, Path positionFile) {
        var relay = new EventRelay(connection, positionFile);
        long newest = connection.lastEvent();
        OptionalLong told = relay.position.read();
        relay.last = told.isPresent() ? Math.min(told.getAsLong(), newest) : newest;
        relay.catchingUp = told.isPresent();
        relay.written = relay.last;
        relay.thread.start();
        return relay;
    }

    /// Tells `client` of events from now on, not of those that have happened but are just being read.
    ///
    /// @param domain empty for all
    /// @return the callback id
    /// @throws VirtException INVALID_ARG if it is told of them already
    public int register(Client client, EventType<?> type, Optional<UUID> domain) {
        lock.lock();
        try {
            long before = catchingUp ? last : connection.lastEvent();
            return registrations.add(client, type, domain, before, catchUp.hasPassed() ? List.of() : missed);
        } finally {
            lock.unlock();
        }
    }

    /// @throws VirtException INTERNAL_ERROR if the client has no such registration for an event of `program`
    public void deregister(Client client, int callbackId, Program program) {
        registrations.remove(client, callbackId, program);
    }

    /// The events after number `after`, in order; waits at most `limit` if there is none.
    public List<Event> events(long after, Duration limit) {
        var deadline = Deadline.in(limit);
        while (true) {
            List<Event> events = connection.events(after, Duration.ZERO);
            if (!events.isEmpty() || !awaitAdvance(after, deadline)) {
                return events;
            }
        }
    }

    /// @return false if the time is up
    private boolean awaitAdvance(long after, Deadline deadline) {
        lock.lock();
        try {
            while (last <= after) {
                if (closed || deadline.hasPassed()) {
                    return false;
                }
                advanced.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            domains.learn();
        } catch (VirtException e) {
            LOG.warn("domains not looked at reason=\"{}\"", e.getMessage());
        }
        while (!closed) {
            try {
                List<Event> events = connection.events(last, limit());
                relay(events);
                note(events.isEmpty());
            } catch (VirtException e) {
                pauseAfter(e);
            }
        }
        note(true);
    }

    private Duration limit() {
        if (catchingUp) {
            return Duration.ZERO;
        }
        return last == written ? WAIT : QUIET;
    }

    /// Writes down how far clients have been told, when it is quiet or has not been for a while.
    private void note(boolean isQuiet) {
        if (last != written && (isQuiet || writeBy.hasPassed())) {
            position.write(last);
            written = last;
        }
        if (last == written) {
            writeBy = Deadline.in(WAIT);
        }
    }

    private void pauseAfter(VirtException failure) {
        if (closed) {
            return;
        }
        LOG.warn("events not read reason=\"{}\"", failure.getMessage());
        try {
            Thread.sleep(WAIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void relay(List<Event> events) {
        List<Told> tellings =
                events.stream().flatMap(event -> told(event).stream()).toList();
        lock.lock();
        try {
            if (catchingUp) {
                missed = tellings.subList(Math.max(0, tellings.size() - MOST_CAUGHT_UP), tellings.size());
                catchingUp = false;
            }
            if (events.isEmpty()) {
                return;
            }
            tellings.forEach(registrations::tell);
            last = events.getLast().sequence();
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Told> told(Event event) {
        if (event instanceof Event.EventsLost) {
            LOG.warn("events were dropped before clients were told of them up-to={}", event.sequence());
            domains.forgetRuns();
            return Optional.empty();
        }
        Optional<DomainRef> domain = domains.of(event);
        if (domain.isEmpty()) {
            LOG.info("event of an unknown domain not told domain={} sequence={}", event.domain(), event.sequence());
        }
        return domain.map(ref -> new Told(event.sequence(), ref.uuid(), Tellings.of(event, ref)));
    }

    /// Tells nobody anything any more.
    @Override
    public void close() {
        closed = true;
        lock.lock();
        try {
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
