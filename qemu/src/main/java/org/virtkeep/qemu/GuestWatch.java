package org.virtkeep.qemu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.HeardChanges.Kind;
import org.virtkeep.qemu.machine.CommandLine;
import org.virtkeep.qemu.session.GuestChange;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.EventJournal;
import org.virtkeep.qmp.QmpConnection;
import org.virtkeep.qmp.QmpEvent;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QmpSubscription;

/// Listens to one QEMU on the monitor that is there for it: records what it tells ([GuestNotices]), and has the domain
/// looked at as soon as its state may have changed. One virtual thread.
final class GuestWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestWatch.class);

    /// If somebody else listens already, QEMU does not greet.
    private static final Duration GREETING_LIMIT = Duration.ofMillis(500);

    private static final Duration WAIT = Duration.ofHours(1);

    /// Events after which the domain may be in another state than was announced.
    private static final Set<String> CHANGES =
            Set.of("STOP", "RESUME", "SHUTDOWN", "GUEST_PANICKED", "SUSPEND", "SUSPEND_DISK", "WAKEUP");

    /// Events after which a block job may have something to tell.
    private static final Set<String> JOB_CHANGES =
            Set.of("BLOCK_JOB_READY", "BLOCK_JOB_PENDING", "BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED");

    private final DomainFolder folder;
    private final int run;
    private final EventJournal journal;
    private final Predicate<String> look;
    private final QmpMonitor monitor;
    private final QmpSubscription events;
    private final HeardChanges changes = new HeardChanges();

    /// The guest's memory without what its balloon has taken, once it is known; null before.
    private final AtomicReference<Long> balloonBytes = new AtomicReference<>();

    private final Thread thread = Thread.ofVirtual().name("guest-watch").unstarted(this::listen);

    private GuestWatch(DomainFolder folder, int run, EventJournal journal, Predicate<String> look, QmpMonitor monitor) {
        this.folder = folder;
        this.run = run;
        this.journal = journal;
        this.look = look;
        this.monitor = monitor;
        this.events = monitor.subscribe();
    }

    /// Starts to listen.
    ///
    /// @param look looks at the domain of that name; false if it is busy
    /// @return empty if somebody else listens, or QEMU was started without such a monitor
    static Optional<GuestWatch> start(
            DomainFolder folder, DomainRun run, EventJournal journal, Predicate<String> look) {
        Path socket = CommandLine.eventMonitor(folder);
        if (run.attached() || !Files.exists(socket)) {
            return Optional.empty();
        }
        try {
            QmpMonitor monitor = QmpConnection.connect(socket, Deadline.in(GREETING_LIMIT));
            var watch = new GuestWatch(folder, run.id(), journal, look, monitor);
            watch.thread.start();
            return Optional.of(watch);
        } catch (QmpException e) {
            LOG.debug("not listened to domain={} reason={}", folder.name(), e.getMessage());
            return Optional.empty();
        }
    }

    boolean isListening() {
        return monitor.isOpen() && events.end().isEmpty();
    }

    /// The connection, which takes questions too. Not to be closed.
    QmpMonitor monitor() {
        return monitor;
    }

    /// True while it listens to this run.
    boolean isOf(DomainRun other) {
        return run == other.id() && isListening();
    }

    /// True if this run is listened to, and what it does is as it was recorded last.
    boolean isUpToDate(DomainRun other) {
        return !changes.isAny() && isOf(other);
    }

    /// What happens until it is closed is only looked at then, and only what is not on record.
    GuestChange ownChange() {
        return changes.change(
                events::arrived, () -> Thread.ofVirtual().name("guest-look").start(this::lookAt));
    }

    private void listen() {
        while (true) {
            Optional<QmpEvent> event = events.next(Deadline.in(WAIT));
            if (event.isPresent()) {
                receive(event.get());
            } else if (events.end().isPresent()) {
                break;
            }
        }
        if (!(events.end().get() instanceof QmpSubscription.End.Closed)) {
            lookAt(); // QEMU has gone
        }
        monitor.close();
    }

    /// The guest's memory without what its balloon has taken: QEMU tells when that changes.
    ///
    /// @param ask finds it out the first time
    long balloonBytes(LongSupplier ask) {
        Long known = balloonBytes.get();
        if (known != null) {
            return known;
        }
        long asked = ask.getAsLong();
        balloonBytes.compareAndSet(null, asked); // unless QEMU has told a newer one meanwhile
        return asked;
    }

    private void receive(QmpEvent event) {
        if (event.name().equals("BALLOON_CHANGE")) {
            balloonBytes.set(event.data().path("actual").asLong());
        }
        boolean isNew = changes.receive(kind(event));
        try {
            GuestNotices.of(event, this::target, this::source)
                    .ifPresent(notice -> journal.appendSoon(
                            (sequence, time) -> new Event.GuestNotice(sequence, time, folder.name(), notice)));
        } catch (VirtException e) {
            LOG.warn("event not recorded domain={} event={} reason={}", folder.name(), event.name(), e.getMessage());
        }
        if (isNew) {
            lookAt();
        }
    }

    private Kind kind(QmpEvent event) {
        if (CHANGES.contains(event.name())) {
            return Kind.STATE;
        }
        return isOfBlockJob(event) ? Kind.BLOCK_JOB : Kind.NOTHING;
    }

    /// Backup jobs are attended to by others; a job that is called like a disk is none.
    private boolean isOfBlockJob(QmpEvent event) {
        if (!JOB_CHANGES.contains(event.name())) {
            return false;
        }
        String job = event.data().path("device").asText(event.data().path("id").asText());
        return folder.readRun().filter(now -> now.devices().containsKey(job)).isPresent();
    }

    /// Looks at a domain that was busy when its state may have changed.
    void lookAgain() {
        if (changes.isAny()) {
            lookAt();
        }
    }

    private void lookAt() {
        long before = changes.beforeLook();
        try {
            if (look.test(folder.name())) {
                changes.looked(before);
            }
        } catch (VirtException e) {
            LOG.debug("domain not looked at domain={} reason={}", folder.name(), e.getMessage());
        }
    }

    /// @param name of a disk's device, or of one of its nodes, which begins with the target
    private Optional<String> target(String name) {
        return folder.readRun()
                .flatMap(now -> now.devices().entrySet().stream()
                        .filter(device -> device.getValue().qdev().equals(name)
                                || name.equals(device.getKey())
                                || name.startsWith(device.getKey() + "-"))
                        .findFirst()
                        .map(device -> device.getKey()));
    }

    private String source(String target) {
        Optional<DomainDefinition> definition = Sessions.definition(folder);
        return definition
                .flatMap(known -> known.disk(target))
                .flatMap(DomainDisk::source)
                .map(DiskSource::describe)
                .orElse("");
    }

    /// Stops to listen, and waits until what was heard last is recorded.
    @Override
    public void close() {
        events.close();
        monitor.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
