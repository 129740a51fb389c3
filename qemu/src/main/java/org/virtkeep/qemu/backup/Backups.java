package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BackupReader;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupDefaults;
import org.virtkeep.model.BackupDisk;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.QueryJobs;

/// The backup calls of a domain. Thread-safe across domains.
public final class Backups implements BackupOperations {
    /// The start of the next keeper must not be in the way of what clients do when their backup has
    /// begun, and most that read changes only have ended by then.
    private static final Duration AFTER_BEGIN = Duration.ofSeconds(4);

    /// Nor in the way of what they do last.
    private static final Duration AFTER_END = Duration.ofMillis(200);

    private final Root root;
    private final BackupJobs recovery;
    private final BackupSettings settings;
    private final SpareKeeper spare;

    public Backups(Root root, BackupJobs recovery, BackupSettings settings) {
        this.root = root;
        this.recovery = recovery;
        this.settings = settings;
        this.spare = new SpareKeeper(root.dir());
    }

    @Override
    public int begin(
            DomainSession session,
            BackupRequest request,
            Optional<CheckpointDefinition> checkpoint,
            Set<BackupBeginFlag> flags) {
        openImages(session, request, checkpoint, flags);
        BackupPlan plan = plan(session, request, checkpoint, flags);
        var begin = new BackupBegin(session, plan, flags, settings, spare);
        try {
            int id = begin.run();
            prepareKeeperIn(AFTER_BEGIN);
            return id;
        } catch (IOException e) {
            throw undone(session, begin, notStarted(session, e.getMessage(), e));
        } catch (VirtException e) {
            throw undone(session, begin, reason(session, begin, e));
        } catch (RuntimeException | Error e) { // a fault of our own leaves no more than any other
            undone(session, begin, e);
            throw e;
        }
    }

    /// What the keeper saw during the begin is the reason, and not what the begin stumbled over then.
    private static VirtException reason(DomainSession session, BackupBegin begin, VirtException stumbled) {
        return BackupJobs.jobs(session)
                .trouble(begin.job().id())
                .map(trouble -> notStarted(session, trouble, stumbled))
                .orElse(stumbled);
    }

    private static VirtException notStarted(DomainSession session, String why, Exception cause) {
        return VirtException.qemu(
                ErrorCode.OPERATION_FAILED,
                "domain '%s': the backup could not be started: %s".formatted(session.name(), why),
                cause);
    }

    private <T extends Throwable> T undone(DomainSession session, BackupBegin begin, T cause) {
        try {
            recovery.forget(session, begin.job());
        } catch (VirtException e) {
            cause.addSuppressed(e); // the record is still there: the next session goes on undoing
        }
        return cause;
    }

    /// Opens what a backup of a domain that is shut off needs.
    private static void openImages(
            DomainSession session,
            BackupRequest request,
            Optional<CheckpointDefinition> checkpoint,
            Set<BackupBeginFlag> flags) {
        if (session.isActive()) {
            return;
        }
        if (flags.contains(BackupBeginFlag.QUIESCE)) {
            ShutOffDisks.refuseQuiesce(session);
        }
        var targets = new HashSet<String>();
        BackupDefaults.fill(request, session.definition().disks(), "x").disks().stream()
                .filter(BackupDisk::backup)
                .map(BackupDisk::name)
                .forEach(targets::add);
        checkpoint.ifPresent(asked -> targets.addAll(ShutOffDisks.tracked(session, asked)));
        ShutOffDisks.open(session, targets);
    }

    private BackupPlan plan(
            DomainSession session,
            BackupRequest request,
            Optional<CheckpointDefinition> checkpoint,
            Set<BackupBeginFlag> flags) {
        Instant now = Instant.now();
        Supplier<BackupPlanner> planner = BackupPlanner.ask(session, settings, flags, targets(session, request));
        List<JobRecord> running = BackupJobs.unfinished(session); // while QEMU answers
        var rivals = new Rivals(session.name(), running);
        rivals.refuseAddress(request);
        Optional<CheckpointPlan> checkpointPlan =
                checkpoint.map(asked -> new CheckpointPlanner(session).plan(asked, request.incremental(), now));
        String suffix = checkpointPlan.map(CheckpointPlan::name).orElseGet(() -> suffix(session, now, running));
        BackupRequest complete =
                BackupDefaults.fill(request, session.definition().disks(), suffix);
        rivals.refuseFiles(complete);
        return planner.get().plan(complete, checkpointPlan);
    }

    /// What a request that has not been looked at is probably about.
    private static List<String> targets(DomainSession session, BackupRequest request) {
        return request.disks().isEmpty()
                ? session.definition().disks().stream().map(DomainDisk::target).toList()
                : request.disks().stream()
                        .filter(BackupDisk::backup)
                        .map(BackupDisk::name)
                        .toList();
    }

    /// libvirt's, which would make two jobs of the same second meet.
    private static String suffix(DomainSession session, Instant now, List<JobRecord> running) {
        String seconds = Long.toString(now.getEpochSecond());
        return running.isEmpty()
                ? seconds
                : seconds + "-" + BackupJobs.jobs(session).upcomingId();
    }

    @Override
    public Ended end(DomainSession session, int id, Set<BackupEndFlag> flags) {
        session.lookAfterJobs();
        JobRecord job = BackupJobs.jobs(session).resolve(id);
        if (job.phase() == JobRecord.Phase.RUNNING) {
            job = end(session, job, flags);
            prepareKeeperIn(AFTER_END);
        }
        return ended(session, job);
    }

    private void prepareKeeperIn(Duration pause) {
        if (settings.spareKeeper()) {
            spare.prepareIn(pause);
        }
    }

    private static Ended ended(DomainSession session, JobRecord job) {
        return job.hasEnded()
                ? new Ended(job.id(), Optional.of(result(session, acknowledged(session, job))))
                : new Ended(job.id(), Optional.empty());
    }

    @Override
    public void decide(DomainSession session, int id) {
        JobRecord job = BackupJobs.jobs(session).resolve(id);
        recovery.ending(session)
                .decide(
                        withLastProgress(BackupJobs.jobs(session), job).withAcknowledged(),
                        JobState.COMPLETED,
                        Optional.empty());
    }

    @Override
    public Ended release(DomainSession session, int id) {
        JobRecord job = BackupJobs.jobs(session).resolve(id);
        prepareKeeperIn(AFTER_END);
        return ended(
                session,
                job.phase() == JobRecord.Phase.ENDING ? recovery.ending(session).takeDownTold(job) : job);
    }

    private JobRecord end(DomainSession session, JobRecord job, Set<BackupEndFlag> flags) {
        if (job.push() && !flags.contains(BackupEndFlag.ABORT)) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID,
                    "backup job %d of domain '%s' is still copying; wait for its end, or abort it (backup-end --id %d --abort)"
                            .formatted(job.id(), session.name(), job.id()));
        }
        return recovery.ending(session)
                .endAndTell(
                        withLastProgress(BackupJobs.jobs(session), job),
                        job.push() ? JobState.CANCELLED : JobState.COMPLETED,
                        job.push() ? Optional.of("it was aborted") : Optional.empty());
    }

    private static JobRecord acknowledged(DomainSession session, JobRecord job) {
        return job.acknowledged() ? job : BackupJobs.jobs(session).save(job.withAcknowledged());
    }

    private static JobRecord withLastProgress(JobStore jobs, JobRecord job) {
        Optional<JobReport.Progress> progress = JobReport.Progress.read(jobs, job.id());
        return job.withDisks(
                disk -> progress.flatMap(now -> now.read(job.disks().indexOf(disk)))
                        .map(read -> disk.withProgress(read, disk.tempUsed()))
                        .orElse(disk));
    }

    private static BackupEnd result(DomainSession session, JobRecord job) {
        return switch (job.state()) {
            case COMPLETED -> BackupEnd.COMPLETED;
            case CANCELLED -> BackupEnd.ABORTED;
            case FAILED ->
                throw VirtException.qemu(
                        ErrorCode.OPERATION_FAILED,
                        "backup job %d of domain '%s' failed: %s"
                                .formatted(
                                        job.id(),
                                        session.name(),
                                        job.error().orElse("for a reason that was not recorded")));
            case RUNNING -> throw new IllegalStateException("a job that was ended does not run");
        };
    }

    @Override
    public String xml(DomainSession session, int id) {
        JobRecord job = resolveForReading(session, id);
        return BackupXml.write(KnownXml.request(job), job.id());
    }

    @Override
    public List<BackupJob> jobs(DomainSession session) {
        return BackupJobs.jobs(session).all().stream()
                .map(job -> report(session, job))
                .toList();
    }

    @Override
    public List<BackupJob> runningJobs(DomainSession session) {
        return BackupJobs.unfinished(session).stream()
                .map(job -> report(session, job))
                .filter(job -> job.state() == JobState.RUNNING)
                .toList();
    }

    @Override
    public List<BackupJob> goingJobs(DomainSession session) {
        if (session.settledState() == DomainState.RUNNING) {
            Supplier<List<JobInfo>> running = session.ask(new QueryJobs());
            List<JobProgress> now = BackupJobs.unfinished(session).stream()
                    .map(job -> JobProgress.of(session, job, running))
                    .toList();
            if (now.stream().allMatch(job -> job.verdict() instanceof JobProgress.Verdict.GoesOn)) {
                return now.stream().map(job -> report(session, job)).toList();
            }
        }
        session.lookAfterJobs();
        return runningJobs(session);
    }

    @Override
    public BackupJob job(DomainSession session, int id) {
        return report(session, resolveForReading(session, id));
    }

    /// For reading, 0 also means the last ended job.
    private static JobRecord resolveForReading(DomainSession session, int id) {
        JobStore jobs = BackupJobs.jobs(session);
        List<JobRecord> all = jobs.all();
        boolean noneRuns = all.stream().allMatch(JobRecord::hasEnded);
        return id == 0 && noneRuns && !all.isEmpty() ? all.getLast() : jobs.resolve(id);
    }

    private static BackupJob report(DomainSession session, JobRecord job) {
        if (job.hasEnded() || !session.hasImages()) {
            return JobReport.of(job, Optional.empty());
        }
        return report(session, JobProgress.of(session, job));
    }

    private static BackupJob report(DomainSession session, JobProgress now) {
        JobRecord job = now.job();
        return JobReport.of(
                job, job.push() ? Optional.empty() : JobReport.Progress.read(BackupJobs.jobs(session), job.id()));
    }

    @Override
    public void prepare() {
        spare.prepareIn(Duration.ZERO);
    }

    @Override
    public void close() {
        spare.close();
    }

    @Override
    public List<BackupUpstream.Disk> reader(DomainFolder folder, int id, BackupReader reader) {
        return PullUpstream.of(root, folder, id, reader);
    }

    @Override
    public List<ProcessIdentity> keepers(DomainFolder folder) {
        return new JobStore(folder, root.durable())
                .unfinished().stream().flatMap(job -> job.keeper().stream()).toList();
    }

    @Override
    public boolean hasRunning(DomainFolder folder) {
        return !new JobStore(folder, root.durable()).unfinished().isEmpty();
    }
}
