package org.virtkeep.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;

/// A backup job of libvirt's, as far as it is known here. Immutable.
///
/// @param layout       empty if it ended before anybody looked
/// @param checkpoint   known only to who began the job
/// @param amounts      of the layout's disks, in its order, as they were last seen
/// @param acknowledged its end was taken note of
record LibvirtJob(
        int id,
        Optional<JobLayout> layout,
        Optional<String> checkpoint,
        Instant started,
        List<DiskAmount> amounts,
        JobStats stats,
        boolean acknowledged) {

    /// Stands for all disks together.
    private static final String ALL = "*";

    LibvirtJob {
        amounts = List.copyOf(amounts);
    }

    LibvirtJob seen(List<DiskAmount> now, JobStats latest) {
        return new LibvirtJob(id, layout, checkpoint, started, now, latest, acknowledged);
    }

    LibvirtJob ended(JobStats last) {
        return new LibvirtJob(id, layout, checkpoint, started, amounts, last, acknowledged);
    }

    LibvirtJob acknowledge() {
        return new LibvirtJob(id, layout, checkpoint, started, amounts, stats, true);
    }

    boolean isRunning() {
        return stats.isRunning();
    }

    boolean isPush() {
        return layout.map(JobLayout::push).orElseGet(stats::isPush);
    }

    JobState state() {
        return stats.state().orElse(JobState.CANCELLED);
    }

    /// False for what stands for all disks together.
    static boolean isNamed(BackupJob.Disk disk) {
        return !disk.name().equals(ALL);
    }

    /// As the API shows it.
    BackupJob toApi() {
        Duration elapsed = stats.elapsed();
        return new BackupJob(
                id,
                isPush(),
                state(),
                stats.error(),
                started,
                isRunning() ? Optional.empty() : Optional.of(started.plus(elapsed)),
                elapsed,
                checkpoint,
                layout.flatMap(JobLayout::server),
                OptionalInt.empty(),
                acknowledged,
                disks());
    }

    private List<BackupJob.Disk> disks() {
        if (layout.isEmpty() && stats.total() + stats.tempTotal() > 0) {
            return List.of(all());
        }
        return layout.map(JobLayout::disks).orElse(List.of()).stream()
                .map(disk -> disk(disk, amount(disk)))
                .toList();
    }

    /// Of a job that ended before anybody looked, libvirt tells only the sums.
    private BackupJob.Disk all() {
        return disk(
                new JobLayout.Disk(
                        ALL,
                        BackupMode.FULL,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                isPush()
                        ? new DiskAmount(ALL, false, stats.processed(), stats.total(), stats.total())
                        : new DiskAmount(ALL, false, stats.tempUsed(), stats.tempTotal(), 0));
    }

    private DiskAmount amount(JobLayout.Disk disk) {
        return amounts.stream()
                .filter(each -> each.disk().equals(disk.name()))
                .findFirst()
                .orElseGet(() -> new DiskAmount(disk.name(), false, 0, 0, 0));
    }

    private BackupJob.Disk disk(JobLayout.Disk disk, DiskAmount amount) {
        boolean done = isPush() && (state() == JobState.COMPLETED || isRunning() && !amount.running());
        return new BackupJob.Disk(
                disk.name(),
                done ? JobState.COMPLETED : state(),
                Optional.empty(),
                disk.mode(),
                disk.incremental(),
                amount.expected(),
                !isPush() ? 0 : done ? amount.expected() : amount.current(),
                isPush() ? 0 : amount.current(),
                isPush() ? 0 : amount.end(),
                disk.exportName(),
                disk.exportBitmap(),
                disk.format(),
                disk.path(),
                isRunning() ? Optional.empty() : Optional.of(started.plus(stats.elapsed())),
                Optional.empty());
    }
}
