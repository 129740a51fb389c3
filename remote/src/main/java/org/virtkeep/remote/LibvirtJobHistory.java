package org.virtkeep.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;

/// The backup jobs of one domain, as this connection has seen them. libvirt has at most one at a time and keeps the
/// result of the last, without ids; here each gets a number of this connection, from 1, when it is first seen.
/// Thread-safe.
final class LibvirtJobHistory {
    private static final int KEPT = 16;
    /// Clocks are set; a job that seems to have begun so much later is another one.
    private static final Duration SAME_START = Duration.ofMinutes(1);

    private final Link link;
    private final DomainRef domain;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock. The last one is running, or none is.
    private final ArrayDeque<LibvirtJob> jobs = new ArrayDeque<>();
    private int lastId;

    LibvirtJobHistory(Link link, DomainRef domain) {
        this.link = link;
        this.domain = domain;
    }

    /// Asks libvirt, and takes note of what began and ended.
    ///
    /// @return oldest first
    List<LibvirtJob> look() {
        lock.lock();
        try {
            JobStats running = JobStats.running(link, domain);
            if (running.isRunning()) {
                lookAtRunning(running);
            } else {
                lookAtEnded(JobStats.ended(link, domain));
            }
            return List.copyOf(jobs);
        } finally {
            lock.unlock();
        }
    }

    private void lookAtRunning(JobStats stats) {
        Optional<JobLayout> layout = layout();
        Instant started = Instant.now().minus(stats.elapsed());
        Optional<LibvirtJob> known = running();
        if (known.isPresent() && isSame(known.get(), layout, started)) {
            replaceLast(
                    known.get().seen(DiskAmount.again(link, domain, known.get().amounts()), stats));
            return;
        }
        known.ifPresent(job -> replaceLast(job.ended(unknownEnd(job))));
        add(layout, Optional.empty(), started, stats);
    }

    /// The document has addresses and files of the job.
    private static boolean isSame(LibvirtJob job, Optional<JobLayout> layout, Instant started) {
        boolean otherDocument =
                job.layout().isPresent() && layout.isPresent() && !job.layout().equals(layout);
        return !otherDocument && Duration.between(job.started(), started).abs().compareTo(SAME_START) < 0;
    }

    private void lookAtEnded(JobStats stats) {
        Optional<LibvirtJob> known = running();
        if (known.isPresent()) {
            replaceLast(known.get().ended(stats.hasEnded() ? stats : unknownEnd(known.get())));
        } else if (stats.hasEnded() && !isRecorded(stats)) {
            add(Optional.empty(), Optional.empty(), Instant.now().minus(stats.elapsed()), stats);
        }
    }

    private boolean isRecorded(JobStats stats) {
        return !jobs.isEmpty() && jobs.getLast().stats().isOfSameJob(stats);
    }

    /// Somebody else has read how it ended.
    private static JobStats unknownEnd(LibvirtJob job) {
        JobStats last = job.stats();
        return new JobStats(
                Optional.of(JobState.CANCELLED),
                Optional.of("it has ended, but libvirt does not tell any more how"),
                last.elapsed(),
                last.total(),
                last.processed(),
                last.tempUsed(),
                last.tempTotal());
    }

    /// Begins a job. The end of a short one may be told before `begin` returns; it waits for this.
    ///
    /// @param begin has libvirt begin it, or throws
    /// @return its id
    int begin(BackupRequest request, Optional<String> checkpoint, Runnable begin) {
        lock.lock();
        try {
            look();
            Instant before = Instant.now();
            begin.run();
            JobStats stats = JobStats.running(link, domain);
            Optional<JobLayout> layout = layout();
            if (stats.isRunning() && layout.isPresent()) {
                return add(layout, checkpoint, Instant.now().minus(stats.elapsed()), stats);
            }
            var asked = JobLayout.of(BackupXml.write(request));
            JobStats ended = JobStats.ended(link, domain);
            return add(Optional.of(asked), checkpoint, before, ended.hasEnded() ? ended : stats);
        } finally {
            lock.unlock();
        }
    }

    /// Takes note of an end that an event told of.
    LibvirtJob ended(JobStats stats) {
        lock.lock();
        try {
            if (running().isPresent()) {
                replaceLast(jobs.getLast().ended(stats));
            } else if (!isRecorded(stats)) {
                add(Optional.empty(), Optional.empty(), Instant.now().minus(stats.elapsed()), stats);
            }
            return jobs.getLast();
        } finally {
            lock.unlock();
        }
    }

    void acknowledge(int id) {
        lock.lock();
        try {
            List<LibvirtJob> all = new ArrayList<>(jobs);
            jobs.clear();
            all.forEach(job -> jobs.add(job.id() == id ? job.acknowledge() : job));
            if (!jobs.isEmpty() && jobs.getLast().id() == id) {
                JobStats.forget(link, domain);
            }
        } finally {
            lock.unlock();
        }
    }

    private int add(Optional<JobLayout> layout, Optional<String> checkpoint, Instant started, JobStats stats) {
        List<DiskAmount> amounts = layout.stream()
                .flatMap(known -> known.disks().stream().map(disk -> DiskAmount.first(link, domain, known, disk)))
                .toList();
        jobs.add(new LibvirtJob(++lastId, layout, checkpoint, started, amounts, stats, false));
        if (jobs.size() > KEPT) {
            jobs.removeFirst();
        }
        return lastId;
    }

    private Optional<LibvirtJob> running() {
        return Optional.ofNullable(jobs.peekLast()).filter(LibvirtJob::isRunning);
    }

    private void replaceLast(LibvirtJob job) {
        jobs.removeLast();
        jobs.add(job);
    }

    /// The job may have ended since it was asked for.
    private Optional<JobLayout> layout() {
        try {
            return Optional.of(JobLayout.of(
                    link.call(LibvirtProgram.DOMAIN_BACKUP_GET_XML_DESC, new DomainMessages.DomainFlags(domain, 0))));
        } catch (VirtException e) {
            if (e.code() == ErrorCode.NO_DOMAIN_BACKUP) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
