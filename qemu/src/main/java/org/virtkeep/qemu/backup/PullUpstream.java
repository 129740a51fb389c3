package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;

/// QEMU's exports of a running pull, for this process to read. Does not need the domain's lock. Thread-safe.
final class PullUpstream implements BackupUpstream {
    private static final Logger LOG = LoggerFactory.getLogger(PullUpstream.class);

    /// How often it is told how much was read.
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final JobStore jobs;
    private final int job;
    private final ProcessIdentity process = ProcessIdentity.ofThisProcess();
    private final List<Disk> disks;
    private final AtomicLongArray read;
    private final ReentrantLock publishing = new ReentrantLock();

    // Guarded by publishing.
    private Deadline next = Deadline.in(INTERVAL);
    private boolean closed;

    private PullUpstream(JobStore jobs, int job, List<Disk> disks) {
        this.jobs = jobs;
        this.job = job;
        this.disks = disks;
        this.read = new AtomicLongArray(disks.size());
    }

    /// Puts this process on record as the reader of a pull that runs and has none.
    static Optional<BackupUpstream> open(Root root, DomainFolder folder, int id) {
        var jobs = new JobStore(folder, root.durable());
        Optional<JobRecord> running =
                jobs.find(id).filter(job -> !job.push() && job.phase() == JobRecord.Phase.RUNNING);
        if (running.isEmpty() || DirectReader.running(jobs, id).isPresent()) {
            return Optional.empty();
        }
        var names = new JobNames(root.tag(), id);
        Path socket = NbdServer.socket(folder);
        var upstream = new PullUpstream(
                jobs,
                id,
                running.get().disks().stream()
                        .map(disk -> disk(disk, names, socket))
                        .toList());
        try {
            upstream.publish(Optional.of(upstream.process));
            return Optional.of(upstream);
        } catch (IOException e) {
            LOG.warn("not read from QEMU itself domain={} job={}", folder.name(), id, e);
            return Optional.empty();
        }
    }

    private static Disk disk(DiskRecord disk, JobNames names, Path socket) {
        var fleecing = new Fleecing(names.liveExport(disk.index()), names.scratchExport(disk.index()));
        return new Disk(
                disk.name(),
                socket,
                names.export(disk.index()),
                disk.usesScratch(false) ? Optional.of(fleecing) : Optional.empty());
    }

    @Override
    public List<Disk> disks() {
        return disks;
    }

    @Override
    public void count(String disk, long bytes) {
        for (int i = 0; i < disks.size(); i++) {
            if (disks.get(i).name().equals(disk)) {
                read.addAndGet(i, bytes);
            }
        }
        publishSometimes();
    }

    private void publishSometimes() {
        if (!publishing.tryLock()) {
            return;
        }
        try {
            if (next.hasPassed() && !closed) {
                next = Deadline.in(INTERVAL);
                publishWhileTheJobRuns(Optional.of(process));
            }
        } catch (IOException e) {
            LOG.debug("progress cannot be published job={}", job, e); // the job's folder is gone with the job
        } finally {
            publishing.unlock();
        }
    }

    /// The file goes when the job ends, and must not come again.
    private void publishWhileTheJobRuns(Optional<ProcessIdentity> reader) throws IOException {
        if (Files.exists(jobs.readerFile(job))) {
            publish(reader);
        }
    }

    private void publish(Optional<ProcessIdentity> reader) throws IOException {
        var now = new ArrayList<Long>();
        for (int i = 0; i < disks.size(); i++) {
            now.add(read.get(i));
        }
        new DirectReader(reader, now).publish(jobs, job);
    }

    /// What was read stays on record until the job ends.
    @Override
    public void close() {
        publishing.lock();
        try {
            if (!closed) {
                closed = true;
                publishWhileTheJobRuns(Optional.empty());
            }
        } catch (IOException e) {
            LOG.debug("progress cannot be published job={}", job, e);
        } finally {
            publishing.unlock();
        }
    }
}
