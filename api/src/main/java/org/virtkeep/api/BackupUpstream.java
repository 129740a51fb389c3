package org.virtkeep.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;

/// The NBD exports of QEMU itself behind a pull job's server, for one program on the domain's host that
/// wants to read them past the server: every byte takes one way less.
///
/// QEMU may wait for whoever reads there, and its guest with it. So a reader must have memory for a reply before it
/// asks, and take replies whatever happens to it otherwise; `org.virtkeep.nbd` has such a reader. The program's process
/// is on record as the job's reader for as long as this is open: if somebody stops it (SIGSTOP) and it stays
/// stopped, or QEMU waits for it, it is killed, because the guest comes first. The reader stays connected to the
/// job's server too, which counts its clients.
///
/// Thread-safe.
public final class BackupUpstream implements AutoCloseable {
    /// How often it is told how much was read.
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final Domain domain;
    private final int job;
    private final List<Disk> disks;
    private final AtomicLongArray read;
    private final ReentrantLock telling = new ReentrantLock();

    // Guarded by telling.
    private Deadline next = Deadline.in(INTERVAL);
    private boolean closed;

    private BackupUpstream(Domain domain, int job, List<Disk> disks) {
        this.domain = domain;
        this.job = job;
        this.disks = disks;
        this.read = new AtomicLongArray(disks.size());
    }

    /// One disk's exports, on a unix socket that only QEMU's user can open.
    ///
    /// @param export   the frozen disk
    /// @param fleecing how it must be read if it is a fleeced one; what `export` alone shows is not always right
    ///     then (`docs/decisions/001-reading-a-fleeced-disk.md`)
    public record Disk(String name, Path socket, String export, Optional<Fleecing> fleecing) {
        public Disk {
            Objects.requireNonNull(socket, "socket is null");
        }
    }

    /// What a fleeced disk is made of: read the live disk, then ask what of it is in scratch, and read that there.
    ///
    /// @param live    the disk as it is now
    /// @param scratch what the guest has overwritten since, with the context `qemu:allocation-depth`
    public record Fleecing(String live, String scratch) {}

    /// Puts this process on record as the reader of a running pull.
    ///
    /// @param job its id, not 0
    /// @return empty if the connection does not offer it, the job does not run, or has another reader:
    ///     then read from [BackupJob#server]
    public static Optional<BackupUpstream> open(Domain domain, int job) {
        var reader = new BackupReader(OptionalLong.of(ProcessHandle.current().pid()), List.of());
        List<Disk> disks = domain.backupReader(job, reader);
        return disks.isEmpty() ? Optional.empty() : Optional.of(new BackupUpstream(domain, job, disks));
    }

    /// In the order of the job's disks.
    public List<Disk> disks() {
        return disks;
    }

    /// Counts bytes that were read of a disk, so that [BackupJob.Disk#processed] tells them to others, soon.
    public void count(String disk, long bytes) {
        for (int i = 0; i < disks.size(); i++) {
            if (disks.get(i).name().equals(disk)) {
                read.addAndGet(i, bytes);
            }
        }
        if (telling.tryLock()) {
            try {
                if (next.hasPassed() && !closed) {
                    next = Deadline.in(INTERVAL);
                    tell(OptionalLong.of(ProcessHandle.current().pid()));
                }
            } finally {
                telling.unlock();
            }
        }
    }

    private void tell(OptionalLong pid) {
        var now = new ArrayList<Long>();
        for (int i = 0; i < disks.size(); i++) {
            now.add(read.get(i));
        }
        try {
            domain.backupReader(job, new BackupReader(pid, now));
        } catch (VirtException _) {
            return; // only others do not hear of it; whether the job can be read, reading it shows
        }
    }

    /// Says that nobody is connected to the exports any more. Idempotent.
    @Override
    public void close() {
        telling.lock();
        try {
            if (!closed) {
                closed = true;
                tell(OptionalLong.empty());
            }
        } finally {
            telling.unlock();
        }
    }
}
