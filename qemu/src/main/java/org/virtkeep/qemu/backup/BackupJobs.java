package org.virtkeep.qemu.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qmp.QmpException;

/// Carries a domain's jobs on from where they are found: finishes, reports or undoes what happened since the
/// last session. The same code runs in every command and in every job's keeper. Thread-safe across domains.
public final class BackupJobs implements JobRecovery {

    /// For looking at a job and for freeing the guest. Each command answers within milliseconds, or QEMU is
    /// in trouble.
    private static final Duration LOOK_LIMIT = Duration.ofSeconds(15);

    private final KeeperControl keepers;

    BackupJobs(KeeperControl keepers) {
        this.keepers = keepers;
    }

    /// For all but keepers.
    public static BackupJobs create() {
        return new BackupJobs(KeeperControl.outside());
    }

    @Override
    public void recover(DomainSession session) {
        CheckpointRecovery.run(session);
        jobs(session).sweep();
        Optional<VirtException> failure = Optional.empty();
        for (JobRecord job : jobs(session).unfinished()) {
            try {
                carryOn(session, job);
            } catch (VirtException e) {
                failure.ifPresent(e::addSuppressed);
                failure = Optional.of(e); // the other jobs go on all the same
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    @Override
    public boolean isSettled(DomainSession session) {
        var checkpoints = new CheckpointStore(session.folder(), session.root().durable());
        return checkpoints.change().isEmpty() && unfinished(session).stream().allMatch(job -> isKept(session, job));
    }

    /// True if the job goes on, and its keeper will see first whatever may happen to it. A push ends by
    /// itself.
    private static boolean isKept(DomainSession session, JobRecord job) {
        return !job.push()
                && job.phase() == JobRecord.Phase.RUNNING
                && session.run().filter(run -> run.id() == job.run()).isPresent()
                && job.keeper().filter(ProcessIdentity::isWorking).isPresent()
                && jobs(session).trouble(job.id()).isEmpty();
    }

    private void carryOn(DomainSession session, JobRecord job) {
        boolean holderLives =
                session.holder().filter(holder -> holder.id() == job.run()).isPresent();
        switch (job.phase()) {
            case PREPARING -> {
                if (holderLives || job.checkpoint().isPresent()) {
                    undo(session, job);
                } else {
                    endWithDomain(session, job); // a crash of the host may have taken the record of a running job back
                }
            }
            case RUNNING -> {
                if (holderLives) {
                    step(session, job);
                } else {
                    endWithDomain(session, job);
                }
            }
            case ENDING -> ending(session).takeDown(job);
            case ENDED -> throw new IllegalStateException("an ended job is not unfinished");
        }
    }

    private void endWithDomain(DomainSession session, JobRecord job) {
        boolean wasShutOff = session.folder()
                .readStorage()
                .filter(storage -> storage.id() == job.run())
                .isPresent();
        String why = wasShutOff
                ? "the storage daemon that read the images of the domain ended while the backup ran"
                : "the domain's QEMU ended while the backup ran";
        ending(session).end(job, JobState.CANCELLED, Optional.of(why));
        session.notice("backup job %d of domain '%s' was cancelled: %s".formatted(job.id(), session.name(), why));
    }

    /// Whoever began the job held the domain's lock until the job ran. We hold it now: the beginner is dead.
    private void undo(DomainSession session, JobRecord job) {
        String why = "it was interrupted while it was being started, and has been undone";
        undoCheckpoint(session, job);
        ending(session).end(job, JobState.FAILED, Optional.of(why));
        session.notice("backup job %d of domain '%s': %s".formatted(job.id(), session.name(), why));
    }

    /// Undoes a begin that failed and that nobody was told of, and forgets it.
    void forget(DomainSession session, JobRecord job) {
        undoCheckpoint(session, job);
        ending(session).forget(job);
    }

    private static void undoCheckpoint(DomainSession session, JobRecord job) {
        job.checkpoint().ifPresent(name -> {
            if (!session.hasImages()) { // they may hold its bitmaps, which go when they are open again
                new CheckpointStore(session.folder(), session.root().durable()).begin(CheckpointChange.creation(name));
            }
            new CheckpointRemoval(session).undoCreation(name);
        });
    }

    /// Moves a running job on by what can be done now. The guest is freed first, and only then comes the paperwork.
    private void step(DomainSession session, JobRecord job) {
        Optional<String> noted = jobs(session).trouble(job.id());
        Optional<String> trouble = noted.isPresent() ? noted : find(session, job);
        if (trouble.isPresent()) {
            ending(session).end(job, JobState.FAILED, trouble);
        } else {
            judge(session, job);
        }
    }

    /// What endangers the guest, once the job has been taken out of its way.
    ///
    /// @return why the whole job must end, if it must
    private static Optional<String> find(DomainSession session, JobRecord job) {
        var domain =
                new DomainJobs(session.folder(), jobs(session), session.root().tag());
        var deadline = Deadline.in(LOOK_LIMIT);
        try {
            return switch (Trouble.find(session.monitor(), domain, job, deadline)) {
                case Trouble.Sight.Ours ours ->
                    GivingUp.run(session.monitor(), domain, job, ours, deadline)
                            ? Optional.of(ours.reason())
                            : Optional.empty();
                case Trouble.Sight.Calm() -> Optional.empty();
                case Trouble.Sight.Anothers(var _) -> Optional.empty();
            };
        } catch (QmpException e) {
            throw session.failure(e);
        }
    }

    private void judge(DomainSession session, JobRecord job) {
        JobProgress now = JobProgress.of(session, job);
        // A keeper notes the reason before it cancels anything: it may have done both since we looked.
        Optional<String> noted = jobs(session).trouble(job.id());
        switch (now.verdict()) {
            case JobProgress.Verdict.Failed(String reason) ->
                ending(session).end(now.job(), JobState.FAILED, Optional.of(noted.orElse(reason)));
            case JobProgress.Verdict.DisksFailed(var reasons) -> {
                if (noted.isPresent()) {
                    ending(session).end(now.job(), JobState.FAILED, noted);
                } else {
                    lose(session, now.job(), reasons);
                }
            }
            case JobProgress.Verdict.AllCopied() -> complete(session, now.job());
            case JobProgress.Verdict.GoesOn() -> keepKept(session, withEnds(session, job, now.job()));
        }
    }

    /// Remembers when a disk's copy was done.
    private static JobRecord withEnds(DomainSession session, JobRecord before, JobRecord now) {
        boolean same = before.disks().stream()
                .map(DiskRecord::ended)
                .toList()
                .equals(now.disks().stream().map(DiskRecord::ended).toList());
        return same ? now : jobs(session).save(now);
    }

    /// A push goes on without the disks that have failed.
    private void lose(DomainSession session, JobRecord job, Map<String, String> reasons) {
        JobRecord reduced = jobs(session)
                .save(job.withDisks(disk -> reasons.containsKey(disk.name())
                        ? disk.ended(JobState.FAILED, Optional.of(reasons.get(disk.name())), Instant.now())
                        : disk));
        for (DiskRecord disk : reduced.disks()) {
            if (reasons.containsKey(disk.name())) {
                reduced = ending(session).release(reduced, disk);
            }
        }
        judge(session, reduced);
    }

    private void complete(DomainSession session, JobRecord job) {
        Map<Integer, String> failures = PushFinish.run(session, job);
        if (!failures.isEmpty() && !job.mayLoseDisks()) {
            ending(session).end(job, JobState.FAILED, Optional.of(String.join("; ", failures.values())));
            return;
        }
        Instant now = Instant.now();
        ending(session)
                .end(job.withDisks(disk -> disk.isRunning()
                        ? disk.ended(
                                failures.containsKey(disk.index()) ? JobState.FAILED : JobState.COMPLETED,
                                Optional.ofNullable(failures.get(disk.index())),
                                now)
                        : disk));
    }

    /// A job whose keeper has died gets another.
    private void keepKept(DomainSession session, JobRecord job) {
        if (job.keeper().filter(keeper -> keeper.isAlive()).isEmpty()) {
            KeeperRevival.run(session, job)
                    .ifPresent(reason -> ending(session).end(job, JobState.FAILED, Optional.of(reason)));
        }
    }

    /// QEMU can wait for a keeper, or for a direct reader, to read what it has sent. One that does its work always
    /// reads, so one that QEMU waits for is stopped or broken; killing it closes its connections.
    @Override
    public boolean freeQemu(DomainSession session) {
        List<Peer> peers = jobs(session).unfinished().stream()
                .filter(job -> !job.push())
                .flatMap(job -> peers(session, job))
                .toList();
        List<Peer> doomed = mostSuspect(peers);
        doomed.forEach(peer -> {
            KeeperControl.kill(peer.process());
            session.notice(
                    "QEMU of domain '%s' did not answer; the %s of backup job %d (process %d) was killed to free it"
                            .formatted(
                                    session.name(),
                                    peer.role(),
                                    peer.job(),
                                    peer.process().pid()));
        });
        return !doomed.isEmpty();
    }

    /// A process that is connected to QEMU's NBD server for a job, and is not we.
    private record Peer(int job, Role role, ProcessIdentity process) {}

    private enum Role {
        KEEPER,
        READER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Those that are stopped, as the others do their work. If none is, keepers: a reader may be a daemon that has more
    /// to do, and is killed only when it is all that is left.
    private static List<Peer> mostSuspect(List<Peer> peers) {
        return Stream.<Predicate<Peer>>of(
                        peer -> peer.process().isStopped(), peer -> peer.role() == Role.KEEPER, _ -> true)
                .map(suspect -> peers.stream().filter(suspect).toList())
                .filter(some -> !some.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static Stream<Peer> peers(DomainSession session, JobRecord job) {
        var keeper = job.keeper()
                .filter(process -> process.isAlive() && !process.equals(ProcessIdentity.ofThisProcess()))
                .map(process -> new Peer(job.id(), Role.KEEPER, process));
        var reader =
                DirectReader.toKill(jobs(session), job.id()).map(process -> new Peer(job.id(), Role.READER, process));
        return Stream.concat(keeper.stream(), reader.stream());
    }

    /// A backup that was asked to outlive its guest needs the QEMU that has the disks.
    @Override
    public boolean needsQemu(DomainSession session) {
        return jobs(session).unfinished().stream()
                .anyMatch(job -> job.flags().contains(BackupBeginFlag.PRESERVE_SHUTDOWN));
    }

    @Override
    public Optional<String> imageUser(DomainSession session) {
        return jobs(session).unfinished().stream()
                .findFirst()
                .map(job -> "backup job %d (%s, since %s)"
                        .formatted(job.id(), job.push() ? "push" : "pull", job.started()));
    }

    @Override
    public void beforeStop(DomainSession session, String why) {
        for (JobRecord job : jobs(session).unfinished()) {
            if (job.phase() == JobRecord.Phase.ENDING) {
                ending(session).takeDown(job);
            } else {
                ending(session).end(job, JobState.CANCELLED, Optional.of(why));
            }
        }
    }

    JobEnding ending(DomainSession session) {
        return new JobEnding(session, keepers);
    }

    static JobStore jobs(DomainSession session) {
        return new JobStore(session.folder(), session.root().durable());
    }

    /// The jobs of a domain that have not ended.
    static List<JobRecord> unfinished(DomainSession session) {
        return jobs(session).unfinished();
    }
}
