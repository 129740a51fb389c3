package org.virtkeep.qemu.snapshot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.AddBitmap;
import org.virtkeep.qmp.BitmapReference;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.CancelJob;
import org.virtkeep.qmp.CompleteJob;
import org.virtkeep.qmp.DirtyBitmap;
import org.virtkeep.qmp.DismissJob;
import org.virtkeep.qmp.FinalizeJob;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.JobStatus;
import org.virtkeep.qmp.MergeBitmaps;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QueryJobs;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.RemoveNode;
import org.virtkeep.qmp.StartCommit;
import org.virtkeep.qmp.Transaction;
import org.virtkeep.qmp.TransactionAction;

/// The block job that merges images of one disk, or copies it, seen from outside. Confined to one thread.
public final class MergeStep {
    /// For a job to write what little is left, and to end.
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final Duration PAUSE = Duration.ofMillis(2);

    private final DomainSession session;
    private final MergeDisk disk;
    private final Runnable starter;
    private final boolean upwards;

    MergeStep(DomainSession session, MergeDisk disk) {
        this(
                session,
                disk,
                () -> session.execute(commit(session, disk, disk.base().describe())));
    }

    /// @param starter starts the job
    public MergeStep(DomainSession session, MergeDisk disk, Runnable starter) {
        this(session, disk, starter, false);
    }

    /// @param upwards the base is above the other images: what it does not know of a checkpoint, it never did
    public MergeStep(DomainSession session, MergeDisk disk, Runnable starter, boolean upwards) {
        this.upwards = upwards;
        this.session = session;
        this.disk = disk;
        this.starter = starter;
    }

    /// What starts a job that merges images into one below.
    ///
    /// @param backingFile what the image above is to name as its backing file, if the active one is not merged
    public static StartCommit commit(DomainSession session, MergeDisk disk, String backingFile) {
        String device = session.disk(disk.target()).node();
        StartCommit commit = StartCommit.of(disk.target(), device, disk.baseNode(), disk.target() + "-merge");
        return disk.active() ? commit : commit.withTop(disk.topNode(), backingFile);
    }

    public Optional<JobInfo> job() {
        return session.execute(new QueryJobs()).stream()
                .filter(job -> job.id().equals(disk.target()))
                .findFirst();
    }

    public void start() {
        starter.run();
    }

    /// True if the job has nothing left to copy but what the guest writes now.
    ///
    /// @throws MergeFailure if it failed
    public boolean isNearTheEnd() throws MergeFailure {
        Optional<JobInfo> job = job();
        if (job.isEmpty()) {
            start(); // whoever began died before it did
            return false;
        }
        return switch (job.get().status()) {
            case READY, PENDING -> true;
            case ABORTING, CONCLUDED -> throw failure();
            case NULL, UNDEFINED, CREATED, RUNNING, PAUSED, STANDBY, WAITING, UNKNOWN -> false;
        };
    }

    /// Brings a job that is near its end there: all of the overlay is in the image below, with what is recorded
    /// for checkpoints, and QEMU waits for us to go over to it.
    ///
    /// @return false if the guest writes too much for that
    public boolean reachTheEnd() throws MergeFailure {
        moveBitmaps();
        if (job().filter(job -> job.status() == JobStatus.READY).isPresent()) {
            session.execute(new CompleteJob(disk.target()));
        }
        JobStatus status = await(found -> found != JobStatus.READY && found != JobStatus.WAITING);
        if (status == JobStatus.ABORTING || status == JobStatus.CONCLUDED || status == JobStatus.NULL) {
            throw failure();
        }
        return status == JobStatus.PENDING;
    }

    private MergeFailure failure() {
        await(status -> status == JobStatus.CONCLUDED);
        return new MergeFailure("disk '%s': %s"
                .formatted(disk.target(), job().flatMap(JobInfo::error).orElse("the block job ended before its time")));
    }

    /// Lets QEMU go over, if it has not, and ends the job.
    public void pivot() throws MergeFailure {
        Optional<JobInfo> job = job();
        if (job.isEmpty()) {
            return;
        }
        if (job.get().status() == JobStatus.PENDING) {
            session.execute(new FinalizeJob(disk.target()));
        }
        if (await(status -> status == JobStatus.CONCLUDED) != JobStatus.CONCLUDED) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_TIMEOUT,
                    "domain '%s': the merging of disk '%s' does not end for %d s; is its storage slow or gone?"
                            .formatted(session.name(), disk.target(), LIMIT.toSeconds()));
        }
        Optional<String> error = job().flatMap(JobInfo::error);
        if (error.isPresent()) {
            throw new MergeFailure("disk '%s': %s".formatted(disk.target(), error.get()));
        }
        session.execute(new DismissJob(disk.target()));
    }

    /// Waits until the job's status fits, or for as long as is allowed.
    ///
    /// @return the last status; NULL if there is no such job
    private JobStatus await(Predicate<JobStatus> fits) {
        var deadline = Deadline.in(LIMIT);
        while (true) {
            JobStatus status = job().map(JobInfo::status).orElse(JobStatus.NULL);
            if (fits.test(status) || status == JobStatus.NULL || deadline.hasPassed()) {
                return status;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /// What the bitmaps of the images say is said by bitmaps of the same names in the base. Those that are there
    /// already have seen the merging, which is no less; the others are new. All go on recording, so it does not
    /// matter that the guest writes meanwhile.
    private void moveBitmaps() {
        BlockGraph graph = BlockGraph.query(session);
        List<BlockNode> images = disk.images().stream()
                .map(node -> graph.node(node).orElseThrow())
                .toList();
        BlockNode base = graph.node(disk.baseNode()).orElseThrow();
        var actions = new ArrayList<TransactionAction>();
        for (DirtyBitmap bitmap : images.getFirst().bitmaps()) {
            if (isUsable(bitmap) && isWanted(bitmap, base)) {
                actions.addAll(moving(bitmap, images, base));
            }
        }
        if (!actions.isEmpty()) {
            session.execute(new Transaction(actions));
        }
    }

    private boolean isWanted(DirtyBitmap bitmap, BlockNode base) {
        return !upwards
                || base.bitmap(bitmap.name().orElseThrow())
                        .filter(MergeStep::isUsable)
                        .isPresent();
    }

    private static boolean isUsable(DirtyBitmap bitmap) {
        return bitmap.name().isPresent() && bitmap.recording() && !bitmap.inconsistent() && !bitmap.busy();
    }

    private static List<TransactionAction> moving(DirtyBitmap bitmap, List<BlockNode> images, BlockNode base) {
        String name = bitmap.name().orElseThrow();
        var actions = new ArrayList<TransactionAction>();
        Optional<DirtyBitmap> below = base.bitmap(name);
        if (below.isEmpty()) {
            AddBitmap add = base.driver().equals("qcow2") && bitmap.persistent()
                    ? AddBitmap.persistent(base.name(), name)
                    : AddBitmap.temporary(base.name(), name);
            actions.add(add.withGranularity(bitmap.granularityBytes()));
        }
        if (below.isEmpty() || !below.get().inconsistent()) {
            actions.add(new MergeBitmaps(base.name(), name, references(name, images)));
        }
        return actions;
    }

    /// The usable bitmaps of a name, from the top down without a gap.
    private static List<BitmapReference> references(String name, List<BlockNode> images) {
        return images.stream()
                .takeWhile(
                        image -> image.bitmap(name).filter(MergeStep::isUsable).isPresent())
                .map(image -> new BitmapReference(image.name(), name))
                .toList();
    }

    /// Closes the images, which the disk does not use any more.
    ///
    /// @return false if QEMU refuses, because somebody else uses it
    public boolean closeOverlay() {
        List<String> open = session.execute(new QueryNamedBlockNodes()).stream()
                .map(BlockNode::name)
                .toList();
        try {
            disk.nodes().stream().filter(open::contains).forEach(node -> session.execute(new RemoveNode(node)));
            return true;
        } catch (VirtException e) {
            if (e.getCause() instanceof QmpException.Refused) {
                return false;
            }
            throw e;
        }
    }

    /// Ends the job, whatever it does, without going over.
    public void cancel() {
        var deadline = Deadline.in(LIMIT);
        for (Optional<JobInfo> job = job(); job.isPresent() && !deadline.hasPassed(); job = job()) {
            JobStatus status = job.get().status();
            if (status == JobStatus.CONCLUDED) {
                session.execute(new DismissJob(disk.target()));
            } else if (status != JobStatus.ABORTING) {
                askToEnd();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /// It may have come to its end since it was looked at, for which QEMU refuses.
    private void askToEnd() {
        try {
            session.execute(new CancelJob(disk.target()));
        } catch (VirtException e) {
            if (!(e.getCause() instanceof QmpException.Refused)) {
                throw e;
            }
        }
    }
}
