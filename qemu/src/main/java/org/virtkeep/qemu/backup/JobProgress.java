package org.virtkeep.qemu.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.JobStatus;
import org.virtkeep.qmp.QueryJobs;

/// How a running job stands in QEMU.
///
/// @param job with its disks' progress brought up to date
record JobProgress(JobRecord job, Verdict verdict) {

    /// What follows from it.
    sealed interface Verdict {
        record GoesOn() implements Verdict {}

        /// A push has copied all its disks, and waits to be finalized.
        record AllCopied() implements Verdict {}

        record Failed(String reason) implements Verdict {}
    }

    static JobProgress of(DomainSession session, JobRecord job) {
        var names = new JobNames(session.root().tag(), job.id());
        Map<String, JobInfo> jobs = session.execute(new QueryJobs()).stream()
                .filter(info -> names.owns(info.id()))
                .collect(Collectors.toMap(JobInfo::id, Function.identity()));
        var failures = new ArrayList<String>();
        boolean allCopied = job.push();
        for (DiskRecord disk : job.disks()) {
            for (String id : expected(disk, names, job.push())) {
                failure(disk, Optional.ofNullable(jobs.get(id))).ifPresent(failures::add);
            }
            allCopied &= job.push() && isCopied(jobs.get(names.copyJob(disk.index())));
        }
        JobRecord updated = job.withDisks(disk -> update(disk, names, jobs, job.push()));
        return new JobProgress(updated, verdict(failures, allCopied));
    }

    private static Verdict verdict(List<String> failures, boolean allCopied) {
        if (!failures.isEmpty()) {
            return new Verdict.Failed(String.join("; ", failures));
        }
        return allCopied ? new Verdict.AllCopied() : new Verdict.GoesOn();
    }

    private static List<String> expected(DiskRecord disk, JobNames names, boolean push) {
        var expected = new ArrayList<String>();
        if (push) {
            expected.add(names.copyJob(disk.index()));
        }
        if (disk.usesScratch(push)) {
            expected.add(names.fleecingJob(disk.index()));
        }
        return expected;
    }

    private static Optional<String> failure(DiskRecord disk, Optional<JobInfo> info) {
        if (info.isEmpty()) {
            return Optional.of("disk '%s': its block job is gone; someone cancelled it".formatted(disk.name()));
        }
        return info.get().error().map(reason -> "disk '%s' to '%s': %s".formatted(disk.name(), disk.path(), reason));
    }

    private static boolean isCopied(JobInfo info) {
        return info != null
                && (info.status() == JobStatus.PENDING
                        || info.status() == JobStatus.CONCLUDED && info.error().isEmpty());
    }

    private static DiskRecord update(DiskRecord disk, JobNames names, Map<String, JobInfo> jobs, boolean push) {
        Optional<JobInfo> copy = Optional.ofNullable(jobs.get(names.copyJob(disk.index())));
        Optional<JobInfo> fleecing = Optional.ofNullable(jobs.get(names.fleecingJob(disk.index())));
        DiskRecord updated = copy.filter(_ -> push)
                .map(info -> disk.withTotal(info.totalProgress()))
                .orElse(disk);
        return updated.withProgress(
                copy.map(JobInfo::currentProgress).orElse(disk.processed()),
                fleecing.map(JobInfo::currentProgress).orElse(disk.tempUsed()));
    }
}
