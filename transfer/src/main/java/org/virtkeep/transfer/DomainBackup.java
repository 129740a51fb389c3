package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virtkeep.api.Domain;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.nbd.NbdException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.BackupMetadata;
import org.virtkeep.repository.BackupPlan;
import org.virtkeep.repository.BackupWriter;
import org.virtkeep.repository.CheckLevel;
import org.virtkeep.repository.DiskSpec;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositoryException;

/// Makes one backup of one domain, while it runs. Confined to one thread.
///
/// All disks are read as they were at one instant, at which a checkpoint is made for the next backup. In
/// order: the run's record becomes durable, the job begins, data is stored, the job ends, the backup is
/// committed, old checkpoints go, the record goes. Whoever dies in between leaves a domain that runs on
/// as before, and a record by which the next run removes what is left; what was stored is found by its
/// content.
public final class DomainBackup {
    private final Domain domain;
    private final Repository repository;
    private final BackupOptions options;
    private final BackupListener listener;
    private final CancelToken cancel;
    private final CheckpointNames names;
    private final TransferProgress progress = new TransferProgress();

    /// @param repository stays the caller's; several backups may use it at once
    public DomainBackup(
            Domain domain, Repository repository, BackupOptions options, BackupListener listener, CancelToken cancel) {
        this.domain = domain;
        this.repository = repository;
        this.options = options;
        this.listener = listener;
        this.cancel = cancel;
        this.names = new CheckpointNames(repository.id());
    }

    /// Makes the backup.
    ///
    /// @throws VirtException what the domain refused or what failed there
    /// @throws IOException what failed in the repository, in reading the disks, or in the state folder
    /// @throws java.util.concurrent.CancellationException if it was cancelled. In all cases there is no
    ///     new backup, the job has ended, and the new checkpoint is gone; if that failed too, the next
    ///     run will do it
    public BackupReport run() throws IOException {
        long start = System.nanoTime();
        try (RunLock lock = RunLock.acquire(options.stateFolder(), repository.id(), domain.uuid(), domain.name())) {
            List<BackupInfo> backups = backups();
            var leftovers = new Leftovers(domain, names, listener);
            if (lock.record().isPresent()) {
                leftovers.clean(lock, backups); // alone: to end a job may take a while, which others need not wait for
            }
            try (var store = new Preparation(repository)) {
                Begun begun = domain.together("backup", () -> begin(leftovers, lock, backups));
                return run(lock, begun, store, start);
            }
        }
    }

    /// Removes what earlier runs have left, decides what to read, and begins the job.
    private Begun begin(Leftovers leftovers, RunLock lock, List<BackupInfo> backups) throws IOException {
        leftovers.clean(lock, backups);
        DomainFiles files = DomainFiles.of(domain, listener);
        List<SourceDisk> disks =
                SourceDisk.select(domain.name(), SourceDisk.of(XmlElement.read(files.xml())), options.disks());
        var tracking = Tracking.of(domain, disks);
        var decisions = decide(disks, tracking, backups);
        listener.decided(decisions);
        cancel.throwIfCancelled();
        return beginOrFull(lock, new Known(files, backups), new PullJob.Plan(disks, tracking, decisions, options));
    }

    /// The domain's backups, oldest first; not those of another domain that had its name.
    private List<BackupInfo> backups() throws IOException {
        String uuid = domain.uuid().toString();
        return repository.list().of(domain.name()).stream()
                .filter(backup ->
                        backup.labels().getOrDefault(DomainFiles.UUID, uuid).equals(uuid))
                .toList();
    }

    private List<DiskDecision> decide(List<SourceDisk> disks, Tracking tracking, List<BackupInfo> backups) {
        var decisions = new Decisions(domain, tracking, backups);
        return disks.stream()
                .map(disk -> decisions.decide(disk, options.full()))
                .toList();
    }

    /// Whose base turns out to be damaged is not continued: everything is read, and stored again as far as it is
    /// damaged.
    private BackupReport run(RunLock lock, Begun begun, Preparation store, long start) throws IOException {
        try {
            return attempt(lock, begun, store, start);
        } catch (RepositoryException.Corrupt e) {
            PullJob.Plan plan = begun.plan();
            if (plan.decisions().stream().allMatch(each -> each.base().isEmpty())) {
                throw e;
            }
            repository.check(CheckLevel.structure()); // notes what is damaged, so that nothing counts on it
            PullJob.Plan whole = whole(plan, "earlier backups are damaged: " + e.getMessage());
            return attempt(lock, beginOrFull(lock, begun.known(), whole), store, start);
        }
    }

    private BackupReport attempt(RunLock lock, Begun begun, Preparation store, long start) throws IOException {
        PullJob job = begun.job();
        try {
            Done done = copy(lock, begun, store);
            return new BackupReport(
                    done.backup(),
                    done.decisions(),
                    progress.moved(),
                    done.counts().newChunks(),
                    done.counts().knownChunks(),
                    Duration.ofNanos(System.nanoTime() - start));
        } catch (NbdException e) {
            IOException failure = explained(e, job);
            cleanUp(lock, failure);
            throw failure;
        } catch (IOException | RuntimeException | Error e) {
            cleanUp(lock, e);
            throw e;
        }
    }

    /// @param backups the domain's when the backup began, oldest first
    private record Known(DomainFiles files, List<BackupInfo> backups) {
        /// The backups and a newer one.
        List<BackupInfo> with(BackupInfo committed) {
            var all = new ArrayList<>(backups);
            all.add(committed);
            return all;
        }
    }

    private record Begun(PullJob job, Known known, PullJob.Plan plan) {
        DomainFiles files() {
            return known.files();
        }
    }

    /// If a checkpoint turns out to be of no use only now, everything is read.
    private Begun beginOrFull(RunLock lock, Known known, PullJob.Plan plan) throws IOException {
        try {
            return new Begun(begin(lock, plan), known, plan);
        } catch (VirtException e) {
            boolean lost = e.code() == ErrorCode.CHECKPOINT_INCONSISTENT || e.code() == ErrorCode.NO_DOMAIN_CHECKPOINT;
            if (!lost || plan.decisions().stream().allMatch(each -> each.base().isEmpty())) {
                throw e;
            }
            PullJob.Plan whole = whole(plan, e.getMessage());
            return new Begun(begin(lock, whole), known, whole);
        }
    }

    private PullJob.Plan whole(PullJob.Plan plan, String why) {
        List<DiskDecision> all = plan.decisions().stream()
                .map(each -> each.base().isEmpty() ? each : DiskDecision.lost(each.disk(), why))
                .toList();
        listener.decided(all);
        return new PullJob.Plan(plan.disks(), plan.tracking(), all, plan.options());
    }

    private PullJob begin(RunLock lock, PullJob.Plan plan) throws IOException {
        try {
            return PullJob.begin(domain, lock, names, plan);
        } catch (IOException | RuntimeException | Error e) {
            cleanUp(lock, e);
            throw e;
        }
    }

    /// Removes what this run has left, as the next one would: it is not known how far the domain got.
    /// What cannot be done now is left to that one, which finds the record.
    private void cleanUp(RunLock lock, Throwable cause) {
        try {
            new Leftovers(domain, names, BackupListener.NONE).clean(lock, backups());
        } catch (IOException | RuntimeException | Error e) {
            cause.addSuppressed(e);
        }
    }

    /// The backup exists. What cannot be removed now is removed by the next run.
    ///
    /// @param backups with the new one
    private void tidy(RunLock lock, List<BackupInfo> backups) {
        try {
            domain.together("checkpoint-delete", () -> {
                new OwnCheckpoints(domain, names, listener).removeOld(backups);
                return backups;
            });
            lock.clear();
        } catch (IOException | VirtException e) {
            listener.note(
                    "old checkpoints of domain '%s' could not be removed: %s".formatted(domain.name(), e.getMessage()));
        }
    }

    /// @param decisions as they were in the end
    private record Done(BackupInfo backup, List<DiskDecision> decisions, BackupWriter.Progress counts) {}

    private Done copy(RunLock lock, Begun begun, Preparation store) throws IOException {
        PullJob job = begun.job();
        PullJob.Plan plan = begun.plan();
        try (var exports = DiskExports.open(job, plan.decisions(), begun.known().backups(), cancel)) {
            var specs = new ArrayList<DiskSpec>();
            var bases = new HashMap<String, String>();
            for (SourceDisk disk : plan.disks()) {
                specs.add(new DiskSpec(
                        disk.target(),
                        exports.sizeBytes(disk.target()),
                        begun.files().labels(disk)));
            }
            for (DiskDecision decision : exports.decisions()) {
                decision.base().ifPresent(base -> bases.put(decision.disk(), base.backup()));
            }
            progress.expect(exports.expected(job));
            listener.copying(progress);
            try (BackupWriter writer = store.begin(new BackupPlan(domain.name(), specs, bases))) {
                copy(exports, writer);
                end(job, exports, begun.files(), writer);
                BackupInfo backup = commit(job, begun.files(), writer);
                finish(writer, lock, begun.known().with(backup));
                return new Done(backup, exports.decisions(), writer.progress());
            }
        }
    }

    private void copy(DiskExports exports, BackupWriter writer) throws IOException {
        var pace = new DiskCopy.Pace(options.workers(), options.rateLimit(), cancel, progress);
        Map<String, DiskCopy> copies = new LinkedHashMap<>();
        for (DiskDecision decision : exports.decisions()) {
            String disk = decision.disk();
            var copy = new DiskCopy(exports.export(disk), writer.disk(disk), repository.chunkSizeBytes(), pace);
            copies.put(disk, copy);
        }
        DiskCopy.runAll(List.copyOf(copies.values()), pace);
        for (Map.Entry<String, DiskCopy> copy : copies.entrySet()) {
            List<ByteRange> damaged = writer.damaged(copy.getKey());
            if (!damaged.isEmpty()) {
                listener.note("read %d damaged parts of disk '%s' again, to heal earlier backups"
                        .formatted(damaged.size(), copy.getKey()));
                copy.getValue().run(damaged);
            }
        }
        cancel.throwIfCancelled();
    }

    /// Ends the job. Meanwhile what was read is made durable; only when both are done, the backup may
    /// exist: a job that has failed has not shown what it should.
    private static void end(PullJob job, DiskExports exports, DomainFiles files, BackupWriter writer)
            throws IOException {
        for (Map.Entry<String, byte[]> file : files.attachments().entrySet()) {
            writer.attach(file.getKey(), ByteBuffer.wrap(file.getValue()));
        }
        try (var storing = Meanwhile.start("backup-store", writer::flush)) {
            exports.disconnect(); // a client that has said goodbye was served to the end
            job.end();
            storing.await();
        }
    }

    private BackupInfo commit(PullJob job, DomainFiles files, BackupWriter writer) throws IOException {
        return writer.commit(new BackupMetadata(
                job.instant(), options.quiesce(), job.checkpoint().stream().toList(), files.labels()));
    }

    /// The session in the repository ends while old checkpoints go: the backup exists already.
    private void finish(BackupWriter writer, RunLock lock, List<BackupInfo> backups) throws IOException {
        try (var closing = Meanwhile.start("backup-close", writer::close)) {
            tidy(lock, backups);
            closing.await();
        }
    }

    /// A connection that broke because the job failed is the job's failure.
    private static IOException explained(NbdException failure, PullJob job) {
        try {
            return job.failure()
                    .<IOException>map(reason ->
                            new IOException("the backup job failed while its disks were read: " + reason, failure))
                    .orElse(failure);
        } catch (VirtException e) {
            failure.addSuppressed(e);
            return failure;
        }
    }
}
