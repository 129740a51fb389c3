package org.virtkeep.qemu.backup;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.FinalizeJob;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.JobStatus;
import org.virtkeep.qmp.QueryJobs;

/// Finalizes a push whose disks are all copied. Stateless.
///
/// Until here, every disk's copy waits in state `pending`, so that one that fails can still take the others
/// with it. A crash between two finalizations is no harm: those that are left are finalized by whoever comes
/// next.
final class PushFinish {

    /// Finalizing writes a few tables at the end of each target.
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private PushFinish() {}

    /// @return the disks that failed after all, by their indexes, and why
    static Map<Integer, String> run(DomainSession session, JobRecord job) {
        var names = new JobNames(session.root().tag(), job.id());
        List<DiskRecord> disks =
                job.disks().stream().filter(DiskRecord::isRunning).toList();
        List<String> ids =
                disks.stream().map(disk -> names.copyJob(disk.index())).toList();
        for (JobInfo info : infos(session, ids)) {
            if (info.status() == JobStatus.PENDING) {
                session.execute(new FinalizeJob(info.id()));
            }
        }
        Map<String, String> errors = awaitConclusion(session, job, ids);
        return disks.stream()
                .filter(disk -> errors.containsKey(names.copyJob(disk.index())))
                .collect(Collectors.toMap(
                        DiskRecord::index,
                        disk -> "disk '%s' to '%s': %s"
                                .formatted(disk.name(), disk.path(), errors.get(names.copyJob(disk.index())))));
    }

    /// @return the errors, by the block jobs' ids
    private static Map<String, String> awaitConclusion(DomainSession session, JobRecord job, List<String> ids) {
        var deadline = Deadline.in(LIMIT);
        while (!deadline.hasPassed()) {
            List<JobInfo> infos = infos(session, ids);
            if (infos.stream().allMatch(info -> info.status() == JobStatus.CONCLUDED)) {
                return infos.stream()
                        .filter(info -> info.error().isPresent())
                        .collect(Collectors.toMap(
                                JobInfo::id, info -> info.error().get()));
            }
            Pause.briefly();
        }
        throw VirtException.qemu(
                ErrorCode.OPERATION_TIMEOUT,
                "domain '%s': the targets of backup job %d were not finished within %d s; is their storage slow or gone?"
                        .formatted(session.name(), job.id(), LIMIT.toSeconds()));
    }

    private static List<JobInfo> infos(DomainSession session, List<String> ids) {
        return session.execute(new QueryJobs()).stream()
                .filter(info -> ids.contains(info.id()))
                .toList();
    }
}
