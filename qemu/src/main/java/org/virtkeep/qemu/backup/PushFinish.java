package org.virtkeep.qemu.backup;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    /// @return why it failed after all, if it did
    static Optional<String> run(DomainSession session, JobRecord job) {
        var names = new JobNames(session.root().tag(), job.id());
        List<String> ids =
                job.disks().stream().map(disk -> names.copyJob(disk.index())).toList();
        for (JobInfo info : infos(session, ids)) {
            if (info.status() == JobStatus.PENDING) {
                session.execute(new FinalizeJob(info.id()));
            }
        }
        var deadline = Deadline.in(LIMIT);
        while (!deadline.hasPassed()) {
            List<JobInfo> infos = infos(session, ids);
            if (infos.stream().allMatch(info -> info.status() == JobStatus.CONCLUDED)) {
                return infos.stream().flatMap(info -> info.error().stream()).findFirst();
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
