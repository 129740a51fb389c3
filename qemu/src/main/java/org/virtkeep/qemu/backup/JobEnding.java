package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.virtkeep.api.Event;
import org.virtkeep.api.Event.BlockJobStatus;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qmp.QmpException;

/// How a job ends: the outcome is decided durably first, then everything the job holds is released, then its
/// end is announced and recorded. A crash in between leaves phase ENDING, and the next session goes on from
/// there.
final class JobEnding {

    /// For taking a job out of QEMU. A cancelled copy waits for its writes in flight, which a slow target may
    /// hold up.
    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(60);

    private final DomainSession session;
    private final JobStore jobs;
    private final KeeperControl keepers;

    JobEnding(DomainSession session, KeeperControl keepers) {
        this.session = session;
        this.jobs = new JobStore(session.folder(), session.root().durable());
        this.keepers = keepers;
    }

    /// Decides the outcome and takes the job down.
    ///
    /// @return the ended job
    /// @throws org.virtkeep.model.VirtException if it could not be taken down yet; its outcome holds all
    ///     the same
    JobRecord end(JobRecord job, JobState outcome, Optional<String> why) {
        JobRecord decided = job.decided(outcome, why, Instant.now())
                .withDisks(disk -> disk.state() == JobState.RUNNING ? disk.ended(outcome, why) : disk);
        return takeDown(jobs.save(decided));
    }

    /// Releases what a job holds whose outcome is decided.
    JobRecord takeDown(JobRecord job) {
        release(job);
        announce(job);
        JobRecord ended = jobs.save(job.withPhase(JobRecord.Phase.ENDED));
        jobs.trim();
        return ended;
    }

    /// Takes a job down that nobody was ever told of, and forgets it: its begin has failed.
    void forget(JobRecord job) {
        release(job.decided(JobState.FAILED, Optional.empty(), Instant.now()));
        jobs.delete(job.id());
    }

    /// Storage may have failed while nobody watched, because the job was just being begun or ended: so the guest is
    /// let go on when the job cannot stand in its way any more.
    private void release(JobRecord job) {
        job.keeper().ifPresent(keepers::stop);
        if (holdsQemu(job)) {
            try {
                var deadline = Deadline.in(RELEASE_LIMIT);
                JobResources.of(session, job.id()).release(deadline);
                Trouble.letGuestGoOn(session.monitor(), deadline);
            } catch (QmpException e) {
                throw session.failure(e);
            }
        }
        deleteFiles(job);
    }

    /// True if the QEMU or storage daemon that the job belongs to still runs.
    private boolean holdsQemu(JobRecord job) {
        return session.holder().filter(holder -> holder.id() == job.run()).isPresent();
    }

    private void deleteFiles(JobRecord job) {
        Durable durable = session.root().durable();
        for (DiskRecord disk : job.disks()) {
            boolean result = job.push() && job.state() == JobState.COMPLETED;
            if (!result && !disk.path().isEmpty()) {
                delete(job, Path.of(disk.path()), _ -> JobFiles.deleteIfOurs(durable, disk));
            }
            disk.fleecing().ifPresent(scratch -> delete(job, Path.of(scratch), durable::delete));
        }
        if (BackupXml.read(job.request()) instanceof BackupRequest.Pull pull
                && pull.server() instanceof NbdAddress.Unix unix) {
            delete(job, Path.of(unix.path()), socket -> JobFiles.deleteStaleSocket(durable, socket));
        }
        delete(job, jobs.progressFile(job.id()), durable::delete);
        delete(job, jobs.stagedProgressFile(job.id()), durable::delete);
    }

    @FunctionalInterface
    private interface Deletion {
        void of(Path file) throws IOException;
    }

    private static void delete(JobRecord job, Path file, Deletion deletion) {
        try {
            deletion.of(file);
        } catch (IOException e) {
            throw Durable.failure("delete a file of backup job %d,".formatted(job.id()), file, e);
        }
    }

    private void announce(JobRecord job) {
        if (job.push()) {
            for (DiskRecord disk : job.disks()) {
                session.emit((sequence, time) -> new Event.BlockJob(
                        sequence,
                        time,
                        session.name(),
                        job.id(),
                        disk.name(),
                        disk.source(),
                        status(disk.state()),
                        disk.error()));
            }
        }
        var report = JobReport.of(job, Optional.empty());
        session.emit((sequence, time) -> new Event.JobCompleted(sequence, time, session.name(), report));
    }

    private static BlockJobStatus status(JobState state) {
        return switch (state) {
            case COMPLETED -> BlockJobStatus.COMPLETED;
            case FAILED -> BlockJobStatus.FAILED;
            case CANCELLED -> BlockJobStatus.CANCELED;
            case RUNNING -> throw new IllegalStateException("an ended job has no running disk");
        };
    }
}
