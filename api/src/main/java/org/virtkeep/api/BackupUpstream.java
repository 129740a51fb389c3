package org.virtkeep.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
public interface BackupUpstream extends AutoCloseable {

    /// One disk's exports, on a unix socket that only QEMU's user can open.
    ///
    /// @param export   the frozen disk
    /// @param fleecing how it must be read if it is a fleeced one; what `export` alone shows is not always right
    ///     then (`docs/decisions/001-reading-a-fleeced-disk.md`)
    record Disk(String name, Path socket, String export, Optional<Fleecing> fleecing) {
        public Disk {
            Objects.requireNonNull(socket, "socket is null");
        }
    }

    /// What a fleeced disk is made of: read the live disk, then ask what of it is in scratch, and read that there.
    ///
    /// @param live    the disk as it is now
    /// @param scratch what the guest has overwritten since, with the context `qemu:allocation-depth`
    record Fleecing(String live, String scratch) {}

    /// In the order of the job's disks.
    List<Disk> disks();

    /// Counts bytes that were read of a disk, so that [BackupJob.Disk#processed] tells them to others, soon.
    void count(String disk, long bytes);

    /// Says that nobody is connected to the exports any more. Idempotent.
    @Override
    void close();
}
