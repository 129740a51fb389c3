package org.virtkeep.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.JobState;

/// A backup job in words and numbers, the same wherever it is shown.
final class JobView {
    private JobView() {}

    /// One word for a state: `running`, `completed`, `failed`, `cancelled`.
    static String word(JobState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /// `virDomainJobType`; a running backup is UNBOUNDED there, because its end cannot be foretold.
    static int libvirtType(JobState state) {
        return switch (state) {
            case RUNNING -> 2;
            case COMPLETED -> 3;
            case FAILED -> 4;
            case CANCELLED -> 5;
        };
    }

    /// What virsh calls that type.
    static String libvirtTypeName(JobState state) {
        return switch (state) {
            case RUNNING -> "Unbounded";
            case COMPLETED -> "Completed";
            case FAILED -> "Failed";
            case CANCELLED -> "Cancelled";
        };
    }

    static String mode(BackupJob job) {
        return job.push() ? "push" : "pull";
    }

    /// Bytes still to come; a pull may serve more than its total, and then none are.
    static long remaining(BackupJob job) {
        return Math.max(0, job.total() - job.processed());
    }

    /// Such as `1.000 GiB of 2.000 GiB`.
    static String progress(BackupJob job) {
        return Humane.size(job.processed()) + " of " + Humane.size(job.total());
    }

    static String disks(BackupJob job) {
        return job.disks().stream().map(BackupJob.Disk::name).collect(Collectors.joining(","));
    }

    /// Which disks were backed up in full although they were to be incremental, and why.
    static List<String> fallbacks(BackupJob job) {
        return job.disks().stream()
                .flatMap(disk -> disk.fallback().stream()
                        .map(reason -> "disk '%s' is backed up in full: %s".formatted(disk.name(), reason)))
                .toList();
    }

    /// Why it went wrong: the job's own reason, or else those of its disks.
    static Optional<String> reason(BackupJob job) {
        List<String> reasons = job.disks().stream()
                .flatMap(disk -> disk.error().stream().map(error -> disk.name() + ": " + error))
                .toList();
        return job.error().or(() -> reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons)));
    }
}
