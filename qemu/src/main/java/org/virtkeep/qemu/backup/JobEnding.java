package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.Event;
import org.virtkeep.api.Event.BlockJobStatus;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qmp.QmpException;

/// How a job ends: the outcome is decided durably first, then everything the job holds is released, then its
/// end is announced and recorded. A crash in between leaves phase ENDING, and the next session goes on from
/// there.
final class JobEnding {
    private static final Logger LOG = LoggerFactory.getLogger(JobEnding.class);

    /// For taking a begin that failed out of QEMU.
    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(60);
    /// For taking a job out of QEMU, each time that somebody tries. A cancelled copy waits for its writes in flight,
    /// which a slow target may hold up; other calls on the domain must not wait as long.
    private static final Duration TRY_LIMIT = Duration.ofSeconds(5);

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
    /// @return the job, ended or as [#takeDown] leaves it
    /// @throws org.virtkeep.model.VirtException if it could not be taken down; its outcome holds all the same
    JobRecord end(JobRecord job, JobState outcome, Optional<String> why) {
        return takeDown(decide(job, outcome, why), false);
    }

    /// As [#end(JobRecord, JobState, Optional)] of a running job, for somebody who is told the result at once: it is
    /// acknowledged with the end.
    JobRecord endAndTell(JobRecord job, JobState outcome, Optional<String> why) {
        return takeDown(decide(job, outcome, why), true);
    }

    /// After a crash of the host the job is found running again, and without its QEMU it ends as cancelled.
    JobRecord decide(JobRecord job, JobState outcome, Optional<String> why) {
        Instant now = Instant.now();
        return jobs.note(job.decided(outcome, why, now)
                .withDisks(disk -> disk.isRunning() ? disk.ended(outcome, why, now) : disk));
    }

    /// Ends a push whose disks have all ended, each in its own way: it has failed if one of them has.
    JobRecord end(JobRecord push) {
        List<String> failures =
                push.disks().stream().flatMap(disk -> disk.error().stream()).toList();
        if (failures.isEmpty()) {
            return end(push, JobState.COMPLETED, Optional.empty());
        }
        String complete = push.disks().stream()
                .filter(disk -> disk.state() == JobState.COMPLETED)
                .map(disk -> "; disk '%s' is complete in '%s'".formatted(disk.name(), disk.path()))
                .collect(Collectors.joining());
        return end(push, JobState.FAILED, Optional.of(String.join("; ", failures) + complete));
    }

    /// Frees what a push holds for a disk that it has lost, so that only the others are in the guest's way. What
    /// QEMU does not let go of now is freed at the job's end.
    ///
    /// @return the job as it is on record then
    JobRecord release(JobRecord job, DiskRecord lost) {
        try {
            var deadline = Deadline.in(TRY_LIMIT);
            JobResources.of(session, job.id()).ofDisk(lost.index()).releaseBlocks(deadline);
            Trouble.letGuestGoOn(session.monitor(), deadline);
            deleteFiles(job, lost);
            return jobs.save(job.withDisks(disk -> disk.index() == lost.index() ? disk.withoutFile() : disk));
        } catch (QmpException.TimedOut e) {
            LOG.info("disk not released yet domain={} job={} disk={}", session.name(), job.id(), lost.name(), e);
            return job;
        } catch (QmpException e) {
            throw session.failure(e);
        }
    }

    /// Releases what a job holds whose outcome is decided.
    ///
    /// @return the ended job; or still in phase ENDING, if QEMU waits for the job's storage: the next session tries
    ///     again
    JobRecord takeDown(JobRecord job) {
        return takeDown(job, false);
    }

    /// As [#takeDown(JobRecord)] of a job that ran until just now, for somebody who is told of it.
    JobRecord takeDownTold(JobRecord job) {
        return takeDown(job, true);
    }

    private JobRecord takeDown(JobRecord job, boolean told) {
        if (!release(job, told, TRY_LIMIT)) {
            return job;
        }
        announce(job);
        JobRecord ended = job.withPhase(JobRecord.Phase.ENDED);
        jobs.save(told ? ended.withAcknowledged() : ended);
        jobs.trim();
        return told ? ended.withAcknowledged() : ended;
    }

    /// Takes a job down that nobody was ever told of, and forgets it: its begin has failed.
    void forget(JobRecord job) {
        if (!release(job.decided(JobState.FAILED, Optional.empty(), Instant.now()), false, RELEASE_LIMIT)) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_TIMEOUT,
                    "domain '%s': the begin of backup job %d is not undone yet, because QEMU waits for its storage"
                            .formatted(session.name(), job.id()));
        }
        jobs.delete(job.id());
    }

    /// Storage may have failed while nobody watched, because the job was just being begun or ended: so the guest is
    /// let go on when the job cannot stand in its way any more.
    ///
    /// @param ran true if the job has just been running
    /// @return false if QEMU did not let go of it in time
    private boolean release(JobRecord job, boolean ran, Duration limit) {
        job.keeper().ifPresent(keeper -> keepers.stop(keeper, ran));
        DirectReader.killStopped(jobs, job.id());
        if (holdsQemu(job)) {
            try {
                var deadline = Deadline.in(limit);
                JobResources.of(session, job.id()).release(deadline);
                Trouble.letGuestGoOn(session.monitor(), deadline);
            } catch (QmpException.TimedOut e) {
                LOG.info("job not taken down yet domain={} job={}", session.name(), job.id(), e);
                return false;
            } catch (QmpException e) {
                throw session.failure(e);
            }
        }
        deleteFiles(job);
        return true;
    }

    /// True if the QEMU or storage daemon that the job belongs to still runs.
    private boolean holdsQemu(JobRecord job) {
        return session.holder().filter(holder -> holder.id() == job.run()).isPresent();
    }

    private void deleteFiles(JobRecord job) {
        Durable durable = session.root().durable();
        job.disks().forEach(disk -> deleteFiles(job, disk));
        if (KnownXml.request(job) instanceof BackupRequest.Pull pull && pull.server() instanceof NbdAddress.Unix unix) {
            delete(job, Path.of(unix.path()), socket -> JobFiles.deleteStaleSocket(durable, socket));
        }
        delete(job, jobs.progressFile(job.id()), durable::discard);
        delete(job, jobs.stagedProgressFile(job.id()), durable::discard);
        delete(job, jobs.readerFile(job.id()), durable::discard);
        delete(job, jobs.stagedReaderFile(job.id()), durable::discard);
    }

    private void deleteFiles(JobRecord job, DiskRecord disk) {
        Durable durable = session.root().durable();
        var names = new JobNames(session.root().tag(), job.id());
        boolean result = job.push() && disk.state() == JobState.COMPLETED;
        if (!result && !disk.path().isEmpty()) {
            delete(job, Path.of(disk.path()), _ -> JobFiles.deleteIfOurs(durable, names, disk));
        }
        disk.fleecing().ifPresent(scratch -> delete(job, Path.of(scratch), durable::delete));
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
