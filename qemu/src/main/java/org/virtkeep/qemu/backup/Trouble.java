package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.virtkeep.model.Deadline;
import org.virtkeep.qmp.ContinueVm;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryStatus;
import org.virtkeep.qmp.RunState;

/// What endangers the guest because of a backup: a guest that QEMU has paused because a write failed, and a
/// scratch image that is about to run out of space. Stateless.
///
/// Each keeper looks for itself, without a lock, and gives up no job but its own. So that of several jobs only the one
/// to blame is given up, all look at the same things in the same order: the jobs' records first, then QEMU, then file
/// systems, then the records again. If those have changed meanwhile, someone else is about it, and the next look tells.
final class Trouble {
    /// So often QEMU is asked again for devices. One that does not know them has none to tell of.
    private static final int QUESTIONS = 5;

    private Trouble() {}

    /// What a look on behalf of one job has shown.
    sealed interface Sight {
        record Calm() implements Sight {}

        /// The job must go, or if it is a push that may lose disks, these of its disks.
        record Ours(String reason, List<DiskRecord> disks) implements Sight {}

        /// The guest or a file system is in trouble, but another job is to blame, or is being ended already.
        record Anothers(JobRecord job) implements Sight {}
    }

    /// Looks for it.
    static Sight find(QmpMonitor monitor, DomainJobs domain, JobRecord job, Deadline deadline) throws QmpException {
        if (isPausedByError(monitor, deadline)) {
            return ofPausedGuest(monitor, domain, job, deadline);
        }
        List<DiskRecord> low = job.disks().stream()
                .filter(DiskRecord::isRunning)
                .filter(disk -> disk.scratchPath(job.push())
                        .filter(path -> isNearlyFull(Path.of(path)))
                        .isPresent())
                .toList();
        return low.isEmpty() ? new Sight.Calm() : ofLowScratch(domain, job, low);
    }

    private static Sight ofPausedGuest(QmpMonitor monitor, DomainJobs domain, JobRecord job, Deadline deadline)
            throws QmpException {
        DomainJobs.Snapshot before = domain.look();
        if (!isPausedByError(monitor, deadline)) {
            return new Sight.Calm();
        }
        Optional<Suspects> found = suspects(monitor, domain, before, deadline);
        Optional<JobRecord> blamed = found.flatMap(Suspects::first);
        if (blamed.isEmpty() || !domain.look().equals(before)) {
            return new Sight.Calm();
        }
        if (!isPausedByError(monitor, deadline)) {
            return new Sight.Calm(); // freed meanwhile, and QEMU has forgotten which disks it was about
        }
        if (blamed.get().id() != job.id() || before.isGivenUp(job)) {
            return new Sight.Anothers(blamed.get());
        }
        return new Sight.Ours(
                "a write of the guest failed while its old data was being saved (%s), so QEMU paused the guest; "
                                .formatted(storage(job))
                        + "the backup was given up, and the guest goes on and has lost nothing",
                found.get().disksOf(job));
    }

    /// QEMU forgets which devices it was about when the guest goes on. If someone else lets it go on while QEMU
    /// is asked, it may be paused again at once, for a write to a disk that is being given up; then QEMU is asked
    /// again.
    ///
    /// @return empty if the guest went on, and QEMU told of no device: what pauses it next is another matter
    private static Optional<Suspects> suspects(
            QmpMonitor monitor, DomainJobs domain, DomainJobs.Snapshot all, Deadline deadline) throws QmpException {
        Suspects suspects = Suspects.find(monitor, domain, all, deadline);
        for (int again = 0; again < QUESTIONS && suspects.devices().isEmpty(); again++) {
            if (!isPausedByError(monitor, deadline)) {
                return Optional.empty();
            }
            suspects = Suspects.find(monitor, domain, all, deadline);
        }
        return Optional.of(suspects);
    }

    /// Of several jobs on a file system, one is given up at a time: the one that gives most space back.
    private static Sight ofLowScratch(DomainJobs domain, JobRecord job, List<DiskRecord> low) {
        Path scratch = Path.of(low.getFirst().scratchPath(job.push()).orElseThrow());
        DomainJobs.Snapshot all = domain.look();
        List<JobRecord> sharing = all.jobs().stream()
                .filter(other -> other.id() == job.id() || scratchBytes(other, scratch) > 0)
                .toList();
        Optional<JobRecord> leaving = sharing.stream()
                .filter(all::isGivenUp)
                .filter(other -> other.id() != job.id())
                .findFirst();
        JobRecord largest = leaving.orElseGet(() -> sharing.stream()
                .max(Comparator.comparingLong((JobRecord other) -> scratchBytes(other, scratch))
                        .thenComparingInt(JobRecord::id))
                .orElse(job));
        return largest.id() == job.id()
                ? new Sight.Ours(
                        "the file system of scratch image '%s' is nearly full; the backup was given up before the guest "
                                        .formatted(scratch)
                                + "could notice; give scratch more space, or end backups sooner",
                        low)
                : new Sight.Anothers(largest);
    }

    /// The length of a job's scratch images in the file system that `place` is in.
    private static long scratchBytes(JobRecord job, Path place) {
        long bytes = 0;
        for (DiskRecord disk : job.disks()) {
            Optional<Path> scratch = disk.scratchPath(job.push()).map(Path::of);
            if (scratch.isPresent() && shareFileSystem(scratch.get(), place)) {
                bytes += length(scratch.get());
            }
        }
        return bytes;
    }

    private static boolean shareFileSystem(Path one, Path other) {
        try {
            FileStore store = Files.getFileStore(other);
            return Files.exists(one) && Files.getFileStore(one).equals(store);
        } catch (IOException _) {
            return false;
        }
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException _) {
            return 0; // has just been deleted
        }
    }

    /// Lets a guest go on that was paused by a failed write; QEMU tries the write again.
    static void letGuestGoOn(QmpMonitor monitor, Deadline deadline) throws QmpException {
        if (isPausedByError(monitor, deadline)) {
            monitor.execute(new ContinueVm(), deadline);
        }
    }

    private static boolean isPausedByError(QmpMonitor monitor, Deadline deadline) throws QmpException {
        try {
            return monitor.execute(new QueryStatus(), deadline).state().equals(RunState.IO_ERROR);
        } catch (QmpException.Refused e) {
            if (e.isUnknownCommand()) {
                return false; // a storage daemon, which has no guest
            }
            throw e;
        }
    }

    private static String storage(JobRecord job) {
        return job.disks().stream()
                .map(disk -> "'%s' has %d bytes left"
                        .formatted(storagePath(job, disk), spaceLeft(Path.of(storagePath(job, disk)))))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /// Where a disk's old data is saved.
    static String storagePath(JobRecord job, DiskRecord disk) {
        return disk.scratchPath(job.push()).orElse(disk.path());
    }

    static boolean isNearlyFull(Path file) {
        try {
            return Files.exists(file) && Space.isLow(file);
        } catch (IOException _) {
            return true; // a file system that cannot even be asked
        }
    }

    private static long spaceLeft(Path file) {
        try {
            return Space.left(file);
        } catch (IOException _) {
            return 0;
        }
    }
}
