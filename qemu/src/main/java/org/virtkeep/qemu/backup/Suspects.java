package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;
import org.virtkeep.qmp.BlockBackend;
import org.virtkeep.qmp.IoStatus;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryBlock;
import org.virtkeep.qmp.QueryJobs;

/// Whose fault it may be that a write of the guest failed. QEMU tells which device it was, but not which of the jobs
/// above it could not save the old data. Immutable.
///
/// @param jobs    the jobs that may be to blame, the most suspicious first
/// @param devices targets of the disks whose writes failed; empty if QEMU does not tell
record Suspects(List<JobRecord> jobs, Set<String> devices) {
    private static final int PROBE_BYTES = 64 << 10;

    /// Looks for them among the jobs that are on record.
    static Suspects find(QmpMonitor monitor, DomainJobs domain, DomainJobs.Snapshot all, Deadline deadline)
            throws QmpException {
        List<BlockBackend> failed = monitor.execute(new QueryBlock(), deadline).stream()
                .filter(device -> device.ioStatus()
                        .filter(status -> status != IoStatus.OK)
                        .isPresent())
                .toList();
        List<JobInfo> running = monitor.execute(new QueryJobs(), deadline);
        Set<String> disks = targets(failed, domain);
        List<JobRecord> involved = all.jobs().stream()
                .filter(job -> job.disks().stream().anyMatch(disk -> disks.isEmpty() || disks.contains(disk.name())))
                .filter(job -> all.isGivenUp(job) || inQemu(domain.names(job), running))
                .toList();
        if (isTheGuestsOwn(failed, involved)) {
            return new Suspects(List.of(), disks);
        }
        Predicate<JobRecord> probed = involved.size() > 1 ? job -> cannotTake(job, disks) : _ -> false;
        var order = Comparator.comparing((JobRecord job) -> !all.isGivenUp(job))
                .thenComparing(job -> !hasJustLost(job, disks))
                .thenComparing(job -> !hasFailed(domain.names(job), running))
                .thenComparing(job -> !isNearlyFull(job, disks))
                .thenComparing(job -> !probed.test(job))
                .thenComparing(JobRecord::id, Comparator.reverseOrder()); // in doubt, the one with the least to lose
        return new Suspects(involved.stream().sorted(order).toList(), disks);
    }

    Optional<JobRecord> first() {
        return jobs.stream().findFirst();
    }

    /// Those of a job's disks that the failed writes went to.
    List<DiskRecord> disksOf(JobRecord job) {
        List<DiskRecord> hit = job.disks().stream()
                .filter(disk -> devices.contains(disk.name()))
                .toList();
        return hit.isEmpty() ? job.disks() : hit;
    }

    private static Set<String> targets(List<BlockBackend> failed, DomainJobs domain) {
        Set<String> qdevs =
                failed.stream().flatMap(device -> device.qdev().stream()).collect(Collectors.toSet());
        return domain.devices().entrySet().stream()
                .filter(entry -> qdevs.contains(entry.getValue().qdev()))
                .map(java.util.Map.Entry<String, DiskDevice>::getKey)
                .collect(Collectors.toSet());
    }

    private static boolean hasJustLost(JobRecord job, Set<String> disks) {
        return job.disks().stream().anyMatch(disk -> disks.contains(disk.name()) && disk.hasJustFailed());
    }

    private static boolean inQemu(JobNames names, List<JobInfo> running) {
        return running.stream().anyMatch(info -> names.owns(info.id()));
    }

    private static boolean hasFailed(JobNames names, List<JobInfo> running) {
        return running.stream()
                .anyMatch(info -> names.owns(info.id()) && info.error().isPresent());
    }

    /// True if the guest's own storage has run out of space while the jobs' has plenty: giving a backup up would
    /// not help then. In doubt it is not, because a guest that nobody frees stays paused: quotas and some file
    /// systems run out of space that they claim to have, and others give space back before we look.
    private static boolean isTheGuestsOwn(List<BlockBackend> failed, List<JobRecord> involved) {
        return !failed.isEmpty()
                && failed.stream().allMatch(Suspects::isOutOfItsOwnSpace)
                && involved.stream().noneMatch(job -> isNearlyFull(job, Set.of()));
    }

    private static boolean isOutOfItsOwnSpace(BlockBackend device) {
        return device.ioStatus().equals(Optional.of(IoStatus.NOSPACE))
                && device.inserted()
                        .filter(node -> Trouble.isNearlyFull(Path.of(node.filename())))
                        .isPresent();
    }

    private static boolean isNearlyFull(JobRecord job, Set<String> disks) {
        return places(job, disks).stream().anyMatch(Trouble::isNearlyFull);
    }

    /// True if a small file cannot be written where a job saves old data. Where we may not make one, this tells
    /// nothing.
    private static boolean cannotTake(JobRecord job, Set<String> disks) {
        return places(job, disks).stream()
                .map(Path::getParent)
                .filter(Files::isWritable)
                .anyMatch(Suspects::refusesAFile);
    }

    private static boolean refusesAFile(Path directory) {
        try {
            Path probe = Files.createTempFile(directory, ".vk-probe", "");
            try {
                Files.write(probe, new byte[PROBE_BYTES], java.nio.file.StandardOpenOption.SYNC);
            } finally {
                Files.delete(probe);
            }
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private static List<Path> places(JobRecord job, Set<String> disks) {
        return job.disks().stream()
                .filter(disk -> disks.isEmpty() || disks.contains(disk.name()))
                .map(disk -> Path.of(Trouble.storagePath(job, disk)))
                .toList();
    }
}
