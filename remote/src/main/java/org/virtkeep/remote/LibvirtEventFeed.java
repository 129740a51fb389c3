package org.virtkeep.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DiskEvent;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.EventMessage;
import org.virtkeep.rpc.EventQueue;
import org.virtkeep.rpc.GuestEvent;
import org.virtkeep.rpc.JobEvent;
import org.virtkeep.rpc.LibvirtProgram;

/// libvirt's events, from when somebody first asks for them. A thread of its own takes them in. Thread-safe.
///
/// libvirt keeps no events: what happens while there is no connection is lost, and told as lost. It also announces the
/// end of a job before that of its last disk; here it waits for the disks, a little.
final class LibvirtEventFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtEventFeed.class);
    private static final int WAITING_EVENTS = 4_096;
    private static final int LIFECYCLE = 0;
    private static final int BLOCK_JOB = 8;
    private static final int BLOCK_JOB_2 = 16;
    private static final int JOB_COMPLETED = 21;
    /// `VIR_DOMAIN_BLOCK_JOB_TYPE_BACKUP`.
    private static final int BACKUP = 5;
    /// How long the thread that takes events in waits at a time.
    private static final Duration SLICE = Duration.ofSeconds(1);

    private final Link link;
    private final LibvirtJobs jobs;
    private final EventLog log = new EventLog();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private Optional<EventQueue> queue = Optional.empty();
    private boolean everSubscribed;

    LibvirtEventFeed(Link link, LibvirtJobs jobs) {
        this.link = link;
        this.jobs = jobs;
    }

    long last() {
        subscribe();
        return log.last();
    }

    /// @throws VirtException if the connection was lost and cannot be made again
    List<Event> events(long after, Duration limit) {
        var deadline = Deadline.in(limit);
        while (true) {
            subscribe();
            List<Event> events = log.await(after, deadline.remaining());
            if (!events.isEmpty() || deadline.hasPassed()) {
                return events;
            }
        }
    }

    /// Registers for events, unless that stands.
    private void subscribe() {
        lock.lock();
        try {
            if (queue.isPresent()) {
                return;
            }
            // The call looks for a daemon that is being restarted; what it answers is of no interest.
            link.call(LibvirtProgram.CONNECT_SUPPORTS_FEATURE, LibvirtProgram.FEATURE_CALLBACK_EVENTS);
            Link.Session session = link.session();
            EventQueue fresh = session.client().subscribe(WAITING_EVENTS);
            for (int id : List.of(LIFECYCLE, BLOCK_JOB, BLOCK_JOB_2, JOB_COMPLETED)) {
                link.call(
                        LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY,
                        new DomainMessages.RegisterEvent(id, Optional.empty()));
            }
            queue = Optional.of(fresh);
            if (everSubscribed) {
                log.add(sequence -> new Event.EventsLost(sequence, Instant.now()));
            }
            everSubscribed = true;
            log.resume();
            Thread.ofVirtual().name("libvirt-events").start(() -> new Reader(fresh).run());
        } finally {
            lock.unlock();
        }
    }

    private void lost(EventQueue ended) {
        lock.lock();
        try {
            if (queue.equals(Optional.of(ended))) {
                queue = Optional.empty();
                log.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            queue.ifPresent(EventQueue::close);
            queue = Optional.empty();
            log.interrupt();
        } finally {
            lock.unlock();
        }
    }

    private boolean isCurrent(EventQueue mine) {
        lock.lock();
        try {
            return queue.equals(Optional.of(mine));
        } finally {
            lock.unlock();
        }
    }

    /// Takes in the events of one subscription. Confined to one thread.
    private final class Reader {
        private final EventQueue mine;
        private final Map<UUID, String> paths = new HashMap<>();
        private final Map<UUID, Set<String>> ended = new HashMap<>(); // disks, since the job before
        private final Map<UUID, HeldEnd> held = new HashMap<>();

        Reader(EventQueue mine) {
            this.mine = mine;
        }

        void run() {
            try {
                while (isCurrent(mine)) {
                    if (!take(mine.next(Deadline.in(pause())))) {
                        break;
                    }
                    held.values().removeIf(end -> end.tellIfDue(log));
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                held.values().forEach(end -> end.tell(log));
                lost(mine);
            }
        }

        private Duration pause() {
            return held.isEmpty() ? SLICE : Duration.ofMillis(50);
        }

        /// @return false when nothing more will come
        private boolean take(Optional<EventQueue.Item> item) {
            if (item.isEmpty()) {
                return true;
            }
            return switch (item.get()) {
                case EventQueue.Item.Arrived(EventMessage event) -> {
                    tell(event);
                    yield true;
                }
                case EventQueue.Item.Lost _, EventQueue.Item.Ended _ -> false;
            };
        }

        private void tell(EventMessage event) {
            switch (event) {
                case GuestEvent.Lifecycle lifecycle -> tell(lifecycle);
                case DiskEvent.BlockJob block -> paths.put(block.domain().uuid(), block.path());
                case DiskEvent.BlockJob2 block when block.type() == BACKUP -> tell(block);
                case DiskEvent.BlockJob2 block -> tellOther(block);
                case JobEvent.JobCompleted completed -> tell(completed);
                default -> LOG.debug("event of no interest {}", event);
            }
        }

        private void tell(GuestEvent.Lifecycle lifecycle) {
            LifecycleWords.type(lifecycle.event())
                    .ifPresent(type -> log.add(sequence -> new Event.Lifecycle(
                            sequence,
                            Instant.now(),
                            lifecycle.domain().name(),
                            type,
                            LifecycleWords.detail(lifecycle.event(), lifecycle.detail()))));
        }

        /// The API tells of the disks of pushes only.
        private void tell(DiskEvent.BlockJob2 block) {
            UUID domain = block.domain().uuid();
            Optional<BackupJob> job = jobs.latest(block.domain());
            Optional<Event.BlockJobStatus> status = status(block.status());
            if (job.filter(each -> !each.push()).isEmpty() && status.isPresent()) {
                log.add(sequence -> new Event.BlockJob(
                        sequence,
                        Instant.now(),
                        block.domain().name(),
                        job.map(BackupJob::id).orElse(0),
                        block.target(),
                        paths.getOrDefault(domain, ""),
                        status.get(),
                        Optional.empty()));
            }
            ended.computeIfAbsent(domain, _ -> new HashSet<>()).add(block.target());
            Optional.ofNullable(held.get(domain)).ifPresent(end -> end.seen(block.target()));
        }

        private void tellOther(DiskEvent.BlockJob2 block) {
            Optional<Event.BlockJobStatus> status = status(block.status());
            Optional<BlockJobType> type = BlockJobType.of(block.type());
            if (status.isPresent() && type.isPresent()) {
                log.add(sequence -> new Event.BlockJob(
                        sequence,
                        Instant.now(),
                        block.domain().name(),
                        type.get(),
                        0,
                        block.target(),
                        paths.getOrDefault(block.domain().uuid(), ""),
                        status.get(),
                        Optional.empty()));
            }
        }

        private void tell(JobEvent.JobCompleted completed) {
            JobStats stats = JobStats.of(completed);
            if (!stats.hasEnded()) {
                return;
            }
            try {
                BackupJob job = jobs.ended(completed.domain(), stats);
                UUID domain = completed.domain().uuid();
                Optional.ofNullable(held.remove(domain)).ifPresent(end -> end.tell(log));
                Set<String> before = Optional.ofNullable(ended.remove(domain)).orElse(Set.of());
                held.put(domain, HeldEnd.of(completed.domain().name(), job, before));
            } catch (VirtException e) {
                LOG.info("end of a job not told domain={}", completed.domain().name(), e);
            }
        }
    }

    private static Optional<Event.BlockJobStatus> status(int number) {
        for (Event.BlockJobStatus status : Event.BlockJobStatus.values()) {
            if (status.wireValue() == number) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }
}
