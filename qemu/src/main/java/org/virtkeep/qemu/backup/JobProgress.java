package org.virtkeep.qemu.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

        /// A push has copied all the disks that it has not lost, and waits to be finalized.
        record AllCopied() implements Verdict {}

        /// A push has lost some disks, and goes on with the others.
        ///
        /// @param reasons by the disks' names
        record DisksFailed(Map<String, String> reasons) implements Verdict {}

        record Failed(String reason) implements Verdict {}
    }

    static JobProgress of(DomainSession session, JobRecord job) {
        return of(session, job, session.ask(new QueryJobs()));
    }

    /// @param running QEMU's jobs, which it has been asked for
    static JobProgress of(DomainSession session, JobRecord job, Supplier<List<JobInfo>> running) {
        var names = new JobNames(session.root().tag(), job.id());
        JobStore notes = BackupJobs.jobs(session);
        Map<String, JobInfo> jobs = running.get().stream()
                .filter(info -> names.owns(info.id()))
                .collect(Collectors.toMap(JobInfo::id, Function.identity()));
        Map<String, String> failures = new LinkedHashMap<>();
        boolean allCopied = job.push();
        for (DiskRecord disk : job.disks()) {
            if (disk.isRunning()) {
                notes.trouble(job.id(), disk.index())
                        .or(() -> failure(disk, names, jobs, job.push()))
                        .ifPresent(reason -> failures.put(disk.name(), reason));
                allCopied &= isCopied(jobs.get(names.copyJob(disk.index())));
            }
        }
        JobRecord updated = job.withDisks(disk -> disk.isRunning() ? update(disk, names, jobs, job.push()) : disk);
        return new JobProgress(updated, verdict(job, failures, allCopied));
    }

    private static Verdict verdict(JobRecord job, Map<String, String> failures, boolean allCopied) {
        if (failures.isEmpty()) {
            return allCopied ? new Verdict.AllCopied() : new Verdict.GoesOn();
        }
        boolean someAreLeft = failures.size()
                < job.disks().stream().filter(DiskRecord::isRunning).count();
        if (job.mayLoseDisks() && someAreLeft) {
            return new Verdict.DisksFailed(failures);
        }
        Stream<String> before = job.disks().stream().flatMap(disk -> disk.error().stream());
        return new Verdict.Failed(
                Stream.concat(before, failures.values().stream()).collect(Collectors.joining("; ")));
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

    private static Optional<String> failure(DiskRecord disk, JobNames names, Map<String, JobInfo> jobs, boolean push) {
        return expected(disk, names, push).stream()
                .flatMap(id -> failure(disk, Optional.ofNullable(jobs.get(id))).stream())
                .findFirst();
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
        updated = push && copy.isPresent() && isCopied(copy.get()) ? updated.copied(Instant.now()) : updated;
        return updated.withProgress(
                copy.map(JobInfo::currentProgress).orElse(disk.processed()),
                fleecing.map(JobInfo::currentProgress).orElse(disk.tempUsed()));
    }
}
