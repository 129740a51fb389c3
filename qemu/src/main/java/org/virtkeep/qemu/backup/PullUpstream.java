package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.virtkeep.api.BackupReader;
import org.virtkeep.api.BackupUpstream.Disk;
import org.virtkeep.api.BackupUpstream.Fleecing;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;

/// QEMU's exports of a running pull, for one process to read. Does not need the domain's lock. Stateless.
final class PullUpstream {
    private PullUpstream() {}

    /// Puts a reader on record.
    ///
    /// @return the exports of all disks; none if the job is no pull that runs, or another process reads it
    static List<Disk> of(Root root, DomainFolder folder, int id, BackupReader reader) {
        var jobs = new JobStore(folder, root.durable());
        Optional<JobRecord> running =
                jobs.find(id).filter(job -> !job.push() && job.phase() == JobRecord.Phase.RUNNING);
        if (running.isEmpty() || !mayRead(jobs, id, reader)) {
            return List.of();
        }
        try {
            publish(jobs, id, reader);
        } catch (IOException e) {
            throw Durable.failure("write", jobs.readerFile(id), e);
        }
        var names = new JobNames(root.tag(), id);
        return running.get().disks().stream()
                .map(disk -> disk(disk, names, NbdServer.socket(folder)))
                .toList();
    }

    private static boolean mayRead(JobStore jobs, int id, BackupReader reader) {
        Optional<Long> present = DirectReader.running(jobs, id).map(ProcessIdentity::pid);
        return reader.pid().isEmpty()
                ? Files.exists(jobs.readerFile(id)) // the file goes when the job ends, and must not come again
                : present.isEmpty() || present.get() == reader.pid().getAsLong();
    }

    private static void publish(JobStore jobs, int id, BackupReader reader) throws IOException {
        Optional<ProcessIdentity> process =
                reader.pid().isPresent() ? ProcessIdentity.of(reader.pid().getAsLong()) : Optional.empty();
        if (reader.pid().isPresent() && process.isEmpty()) {
            throw new IOException("there is no process " + reader.pid().getAsLong());
        }
        new DirectReader(process, reader.read()).publish(jobs, id);
    }

    /// The exports of one disk of a job, which both the front-end and a direct reader read.
    static Disk disk(DiskRecord disk, JobNames names, Path socket) {
        var fleecing = new Fleecing(names.liveExport(disk.index()), names.scratchExport(disk.index()));
        return new Disk(
                disk.name(),
                socket,
                names.export(disk.index()),
                disk.usesScratch(false) ? Optional.of(fleecing) : Optional.empty());
    }
}
