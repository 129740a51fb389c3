package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.AddBitmap;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.DirtyBitmap;
import org.virtkeep.qmp.MergeBitmaps;
import org.virtkeep.qmp.QmpAction;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.StartBackup;
import org.virtkeep.qmp.Transaction;
import org.virtkeep.qmp.TransactionAction;

/// Begins one backup job: carries a plan out, step by step, each recorded before it is taken. Confined to one
/// thread.
final class BackupBegin {

    /// For the keeper to start and to answer: a process start and local connections.
    private static final Duration KEEPER_LIMIT = Duration.ofSeconds(30);

    private final DomainSession session;
    private final BackupPlan plan;
    private final SpareKeeper spare;
    private final Set<BackupBeginFlag> flags;
    private final JobStore jobs;
    private final CheckpointStore checkpoints;
    private final ScratchAndTargets images;
    private final JobNames names;
    private JobRecord job;

    BackupBegin(
            DomainSession session,
            BackupPlan plan,
            Set<BackupBeginFlag> flags,
            BackupSettings settings,
            SpareKeeper spare) {
        this.session = session;
        this.plan = plan;
        this.spare = spare;
        this.flags = flags;
        this.jobs = new JobStore(session.folder(), session.root().durable());
        this.checkpoints = new CheckpointStore(session.folder(), session.root().durable());
        int id = jobs.nextId();
        this.names = new JobNames(session.root().tag(), id);
        this.images = new ScratchAndTargets(session, names);
        this.job = new JobRecord(
                JobRecord.FORMAT,
                id,
                plan.push(),
                JobRecord.Phase.PREPARING,
                session.holder().orElseThrow().id(),
                BackupXml.write(plan.request()),
                plan.checkpoint().map(CheckpointPlan::name),
                Optional.empty(),
                Instant.now(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                plan.push() ? 0 : settings.pullIdleLimit().toSeconds(),
                PullAccess.of(plan.request(), settings),
                flags,
                plan.disks().stream().map(BackupPlan.Disk::record).toList());
    }

    /// The job as far as it came.
    JobRecord job() {
        return job;
    }

    /// Does it.
    ///
    /// @return the job's id
    /// @throws VirtException what went wrong; the caller undoes what was done, by [#job]
    /// @throws IOException   the same, if the keeper is in trouble
    int run() throws IOException {
        try (var keeper = startKeeper()) { // which has something to do meanwhile
            job = job.withKeeper(Optional.of(keeper.identity())); // to be stopped also if that cannot be noted
            jobs.note(job);
            keeper.watchSoon();
            List<QmpAction> opening = prepareImages();
            List<TransactionAction> actions = actions();
            List<QmpAction> exports = plan.push() ? List.of() : images.exports(job.disks());
            if (session.isActive() && !plan.push() && !flags.contains(BackupBeginFlag.QUIESCE)) {
                beginTogether(keeper, together(opening, instant(actions), exports));
            } else {
                keeper.awaitReady(Deadline.in(KEEPER_LIMIT));
                images.execute(opening);
                reachTheInstant(keeper, actions);
                images.execute(exports);
            }
            plan.checkpoint().ifPresent(checkpoint -> checkpoints.create(checkpoint.definition()));
            job = job.withDisks(this::withTotal);
            if (plan.push()) {
                startFleecedCopies();
                job = jobs.save(job.withPhase(JobRecord.Phase.RUNNING));
            } else {
                job = serve(keeper);
            }
            keeper.release();
            return job.id();
        }
    }

    /// While QEMU works, it is made sure that the record lasts, and that the keeper watches; one that is still being
    /// started is waited for before, or the guest would be without it for as long as that takes.
    private void beginTogether(KeeperProcess keeper, List<QmpAction> commands) throws IOException {
        if (!keeper.isUp()) {
            keeper.awaitReady(Deadline.in(KEEPER_LIMIT));
        }
        ScratchAndTargets.Executing executing = images.send(commands);
        jobs.forceNames();
        keeper.awaitReady(Deadline.in(KEEPER_LIMIT));
        executing.await();
        job = job.withStarted(Instant.now());
    }

    private KeeperProcess startKeeper() throws IOException {
        return spare.take(session.name(), job.id(), jobs.log(job.id()));
    }

    /// All that QEMU is to do: it refuses the instant if it has refused what that is based on.
    private static List<QmpAction> together(List<QmpAction> opening, QmpAction instant, List<QmpAction> exports) {
        return Stream.of(opening, List.of(instant), exports)
                .<QmpAction>flatMap(List::stream)
                .toList();
    }

    /// QEMU executes a command that can be part of a transaction as one that has no other part. It reads them slowly.
    private static QmpAction instant(List<TransactionAction> actions) {
        return actions.size() == 1 ? actions.getFirst() : new Transaction(actions);
    }

    /// @return what is left to be executed for it before the instant
    private List<QmpAction> prepareImages() throws IOException {
        for (DiskRecord disk : job.disks()) {
            images.reserve(disk, plan.push());
        }
        job = job.withDisks(disk -> disk.reused() ? disk : disk.withMade());
        if (plan.push()) { // scratch says itself whose it is
            jobs.note(job);
        }
        return images.open(job.disks(), plan.push());
    }

    /// One transaction over all disks, with the guest's file systems frozen around it if that was asked for.
    private void reachTheInstant(KeeperProcess keeper, List<TransactionAction> actions) {
        if (!session.isActive()) {
            reachItWithoutGuest();
            return;
        }
        var transaction = new Transaction(actions);
        if (flags.contains(BackupBeginFlag.QUIESCE)) {
            Quiesced.run(session, keeper, () -> session.execute(transaction));
        } else {
            session.execute(transaction);
        }
        job = job.withStarted(Instant.now());
    }

    /// Nobody writes to the disks, so they are at the same instant all the time. Only the checkpoint
    /// changes images, and it is stored in them before the job goes on.
    private void reachItWithoutGuest() {
        plan.checkpoint()
                .filter(checkpoint -> !checkpoint.nodes().isEmpty())
                .ifPresent(checkpoint ->
                        session.changeImages(() -> session.execute(new Transaction(checkpoint.actions()))));
        List<TransactionAction> actions = jobActions();
        if (!actions.isEmpty()) {
            session.execute(new Transaction(actions));
        }
        job = job.withStarted(Instant.now());
    }

    private List<TransactionAction> actions() {
        var actions = new ArrayList<TransactionAction>();
        plan.checkpoint().ifPresent(checkpoint -> actions.addAll(checkpoint.actions()));
        actions.addAll(jobActions());
        return actions;
    }

    private List<TransactionAction> jobActions() {
        var actions = new ArrayList<TransactionAction>();
        for (BackupPlan.Disk disk : plan.disks()) {
            disk.since().ifPresent(bitmaps -> {
                String node = disk.record().node();
                actions.add(AddBitmap.disabled(node, names.bitmap()).withGranularity(bitmaps.granularityBytes()));
                actions.add(new MergeBitmaps(node, names.bitmap(), bitmaps.layers()));
            });
            if (plan.push() || disk.record().usesScratch(false)) {
                actions.add(start(disk.record()));
            }
        }
        return actions;
    }

    /// A target that fails, fails the job, as is QEMU's default.
    private StartBackup start(DiskRecord disk) {
        boolean fleecing = disk.usesScratch(plan.push());
        StartBackup start = fleecing
                ? StartBackup.none(names.fleecingJob(disk.index()), disk.node(), names.scratch(disk.index()))
                : copy(disk, disk.node());
        return images.guarded(start.withFilterNodeName(names.filter(disk.index())))
                .withAutoDismiss(false)
                .withAutoFinalize(false);
    }

    private StartBackup copy(DiskRecord disk, String from) {
        String id = names.copyJob(disk.index());
        String target = names.target(disk.index());
        return disk.mode() == BackupMode.FULL
                ? StartBackup.full(id, from, target)
                : StartBackup.bitmap(id, from, target, names.bitmap(), StartBackup.BitmapMode.NEVER);
    }

    /// A fleeced push copies from the frozen view, so that only scratch is in the way of the guest's writes.
    private void startFleecedCopies() {
        images.addFrozenViews(
                job.disks().stream().filter(disk -> disk.fleecing().isPresent()));
        for (DiskRecord disk : job.disks()) {
            if (disk.fleecing().isPresent()) {
                String frozen = names.frozen(disk.index());
                if (disk.since().isPresent()) {
                    var source = new org.virtkeep.qmp.BitmapReference(disk.node(), names.bitmap());
                    session.execute(AddBitmap.disabled(frozen, names.bitmap()));
                    session.execute(new MergeBitmaps(frozen, names.bitmap(), List.of(source)));
                }
                session.execute(copy(disk, frozen)
                        .withPerformance(FrozenDisk.COPY_WORKERS, FrozenDisk.UNIT_BYTES)
                        .withAutoDismiss(false)
                        .withAutoFinalize(false));
            }
        }
    }

    /// The record is forced to disk while the keeper connects.
    ///
    /// @return the running job
    private JobRecord serve(KeeperProcess keeper) throws IOException {
        keeper.serveSoon(Deadline.in(KEEPER_LIMIT));
        JobRecord expected = job.withPhase(JobRecord.Phase.RUNNING);
        jobs.stage(expected);
        NbdAddress address = keeper.awaitServing(Deadline.in(KEEPER_LIMIT));
        requireNoTrouble();
        var asked = (BackupRequest.Pull) plan.request();
        var served = new BackupRequest.Pull(asked.incremental(), address, asked.tls(), asked.disks());
        JobRecord running = expected.withRequest(BackupXml.write(served)); // with the port that was free
        return running.equals(expected) ? show(running) : jobs.save(running);
    }

    /// What was staged. After a crash of the host the record of the job's preparation, which lasts, may be there
    /// again: no other end of the job follows from it ([BackupJobs]), but its checkpoint would be taken back.
    private JobRecord show(JobRecord running) {
        return running.checkpoint().isPresent() ? jobs.saveStaged(running) : jobs.noteStaged(running);
    }

    /// What the keeper has given up meanwhile, nobody is told to be running.
    private void requireNoTrouble() {
        jobs.trouble(job.id()).ifPresent(why -> {
            throw VirtException.qemu(ErrorCode.OPERATION_FAILED, why);
        });
    }

    private DiskRecord withTotal(DiskRecord disk) {
        return disk.since().isEmpty() ? disk : disk.withTotal(dirtyBytes().getOrDefault(disk.node(), disk.size()));
    }

    /// What the job's own bitmaps hold, by node.
    private Map<String, Long> dirtyBytes() {
        Map<String, Long> bytes = new HashMap<>();
        for (BlockNode node : session.execute(new QueryNamedBlockNodes())) {
            node.bitmap(names.bitmap()).map(DirtyBitmap::dirtyBytes).ifPresent(dirty -> bytes.put(node.name(), dirty));
        }
        return bytes;
    }
}
