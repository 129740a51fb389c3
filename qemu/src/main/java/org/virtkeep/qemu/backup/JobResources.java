package org.virtkeep.qemu.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.BlockExport;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.CancelJob;
import org.virtkeep.qmp.DismissJob;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.QmpAction;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QmpSubscription;
import org.virtkeep.qmp.QueryBlockExports;
import org.virtkeep.qmp.QueryJobs;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.RemoveBitmap;
import org.virtkeep.qmp.RemoveExport;
import org.virtkeep.qmp.RemoveNode;
import org.virtkeep.qmp.StopNbdServer;

/// Everything that one job has added to a QEMU, and its removal. What belongs to the job is told by its
/// names, so this works without knowing how far the job came, and may be repeated until it succeeds. Confined
/// to one thread.
final class JobResources {
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final QmpMonitor monitor;
    private final JobNames names;
    private final Path serverSocket;
    private final Predicate<String> owned;

    /// @param serverSocket where QEMU's NBD server listens if it was started for a job
    JobResources(QmpMonitor monitor, JobNames names, Path serverSocket) {
        this(monitor, names, serverSocket, names::owns);
    }

    private JobResources(QmpMonitor monitor, JobNames names, Path serverSocket, Predicate<String> owned) {
        this.monitor = monitor;
        this.names = names;
        this.serverSocket = serverSocket;
        this.owned = owned;
    }

    /// What the job has for one of its disks, by its index.
    JobResources ofDisk(int disk) {
        return new JobResources(monitor, names, serverSocket, name -> names.owns(name, disk));
    }

    /// What the job `id` of the session's domain has.
    static JobResources of(DomainSession session, int id) {
        var names = new JobNames(session.root().tag(), id);
        return new JobResources(session.monitor(), names, NbdServer.socket(session.folder()));
    }

    /// Removes all of it. The order matters: a reader of a frozen disk must be gone before the job that keeps
    /// it frozen, and an image may be deleted only when no node uses it.
    ///
    /// @throws QmpException if QEMU refuses a step or does not answer; call again to go on from there
    void release(Deadline deadline) throws QmpException {
        removeBitmaps(releaseBlocks(deadline), deadline);
    }

    /// [#release] without the bitmaps on the disks' own nodes.
    ///
    /// @return nodes that QEMU had at the end, and perhaps some of the job's, which are removed
    List<BlockNode> releaseBlocks(Deadline deadline) throws QmpException {
        removeExports(deadline);
        cancelJobs(job -> names.isCopyJob(job.id()), deadline); // a fleeced push reads the frozen disks, too
        removeNodes(node -> node.driver().equals("snapshot-access"), deadline);
        cancelJobs(deadline);
        return removeNodes(_ -> true, deadline);
    }

    /// Cancels the job's block jobs and waits until they are gone, and with them their filters above the
    /// disks.
    void cancelJobs(Deadline deadline) throws QmpException {
        cancelJobs(_ -> true, deadline);
    }

    private void cancelJobs(Predicate<JobInfo> fits, Deadline deadline) throws QmpException {
        try (QmpSubscription events = monitor.subscribe()) {
            while (true) {
                List<JobInfo> jobs = ownJobs(deadline).stream().filter(fits).toList();
                if (jobs.isEmpty()) {
                    return;
                }
                // One that is refused has ended meanwhile: the next look tells.
                monitor.executeAll(jobs.stream().flatMap(JobResources::ending).toList(), deadline);
                pause(events, deadline, "its jobs to end");
            }
        }
    }

    /// What brings a job nearer to its end, if anything does.
    private static Stream<QmpAction> ending(JobInfo job) {
        return switch (job.status()) {
            case CONCLUDED -> Stream.of(new DismissJob(job.id()));
            case ABORTING, NULL -> Stream.empty();
            case UNDEFINED, CREATED, RUNNING, PAUSED, READY, STANDBY, WAITING, PENDING, UNKNOWN ->
                Stream.of(new CancelJob(job.id()));
        };
    }

    private List<JobInfo> ownJobs(Deadline deadline) throws QmpException {
        return monitor.execute(new QueryJobs(), deadline).stream()
                .filter(job -> owned.test(job.id()))
                .toList();
    }

    private void removeExports(Deadline deadline) throws QmpException {
        try (QmpSubscription events = monitor.subscribe()) {
            while (true) {
                var exports = monitor.execute(new QueryBlockExports(), deadline);
                var own = exports.stream()
                        .filter(export -> owned.test(export.id()))
                        .toList();
                if (own.isEmpty()) {
                    stopServer(exports, deadline);
                    return;
                }
                var removals = own.stream()
                        .filter(export -> !export.shuttingDown())
                        .map(export -> new RemoveExport(export.id(), RemoveExport.Mode.HARD))
                        .toList();
                monitor.executeAll(removals, deadline);
                pause(events, deadline, "its exports to close");
            }
        }
    }

    /// The server ends with its last export, also if it never had one. One at another address is not ours.
    private void stopServer(List<BlockExport> exports, Deadline deadline) throws QmpException {
        if (Files.exists(serverSocket)
                && exports.stream().noneMatch(export -> export.type().equals("nbd"))) {
            monitor.executeAll(List.of(new StopNbdServer()), deadline); // refused if it has ended by itself
        }
    }

    /// Removes the job's nodes that fit, users before what they use, as often as something can be removed.
    ///
    /// @return what there was before the last ones were removed
    private List<BlockNode> removeNodes(Predicate<BlockNode> fits, Deadline deadline) throws QmpException {
        while (true) {
            List<BlockNode> all = monitor.execute(new QueryNamedBlockNodes(), deadline);
            List<BlockNode> own = all.stream()
                    .filter(node -> owned.test(node.name()) && fits.test(node))
                    .toList();
            // Refused is one that another of ours still uses, which may come later in the list.
            var removals = own.stream().map(node -> new RemoveNode(node.name())).toList();
            List<QmpException.Refused> refusals = monitor.executeAll(removals, deadline).stream()
                    .flatMap(Optional::stream)
                    .toList();
            if (refusals.isEmpty()) {
                return all;
            }
            if (refusals.size() == own.size()) {
                throw refusals.getLast();
            }
        }
    }

    private void removeBitmaps(List<BlockNode> nodes, Deadline deadline) throws QmpException {
        for (BlockNode node : nodes) {
            for (var bitmap : node.bitmaps()) {
                if (!owned.test(node.name())
                        && bitmap.name().filter(names.bitmap()::equals).isPresent()) {
                    monitor.execute(new RemoveBitmap(node.name(), names.bitmap()), deadline);
                }
            }
        }
    }

    /// Until QEMU tells of something, or a moment has passed.
    private void pause(QmpSubscription events, Deadline deadline, String what) throws QmpException {
        if (deadline.hasPassed()) {
            throw new QmpException.TimedOut("backup job %d: waited %d s for %s"
                    .formatted(names.job(), deadline.limit().toSeconds(), what));
        }
        if (events.end().isEmpty()) {
            events.next(Deadline.in(PAUSE));
            return;
        }
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new QmpException.TimedOut("interrupted while waiting for " + what);
        }
    }
}
