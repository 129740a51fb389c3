package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.virtkeep.model.Deadline;
import org.virtkeep.qmp.BlockBackend;
import org.virtkeep.qmp.ContinueVm;
import org.virtkeep.qmp.IoStatus;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryBlock;
import org.virtkeep.qmp.QueryStatus;
import org.virtkeep.qmp.RunState;

/// What endangers the guest because of a backup: a guest that QEMU has paused because a write failed, and a
/// scratch image that is about to run out of space. Stateless.
final class Trouble {
    private Trouble() {}

    /// Looks for it.
    ///
    /// @return what it is, for people; empty if all is well
    static Optional<String> find(QmpMonitor monitor, JobRecord job, Deadline deadline) throws QmpException {
        if (isPausedByError(monitor, deadline) && mayBeOurs(monitor, job, deadline)) {
            return Optional.of(
                    "a write of the guest failed while its old data was being saved (%s), so QEMU paused the guest; "
                                    .formatted(storage(job))
                            + "the backup was given up, and the guest goes on and has lost nothing");
        }
        return job.disks().stream()
                .flatMap(disk -> disk.scratchPath(job.push()).stream())
                .map(Path::of)
                .filter(Trouble::isNearlyFull)
                .map(path ->
                        "the file system of scratch image '%s' is nearly full; the backup was given up before the guest "
                                        .formatted(path)
                                + "could notice; give scratch more space, or end backups sooner")
                .findFirst();
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
            if (e.errorClass().equals("CommandNotFound")) {
                return false; // a storage daemon, which has no guest
            }
            throw e;
        }
    }

    /// False if the guest's own storage has run out of space while the job's has plenty: giving the backup up would
    /// not help then. In doubt it is ours, because a guest that nobody frees stays paused: quotas and some file
    /// systems run out of space that they claim to have, and others give space back before we look.
    private static boolean mayBeOurs(QmpMonitor monitor, JobRecord job, Deadline deadline) throws QmpException {
        List<BlockBackend> failed = monitor.execute(new QueryBlock(), deadline).stream()
                .filter(device -> device.ioStatus()
                        .filter(status -> status != IoStatus.OK)
                        .isPresent())
                .toList();
        return failed.isEmpty()
                || !failed.stream().allMatch(Trouble::isOutOfItsOwnSpace)
                || job.disks().stream().anyMatch(disk -> isNearlyFull(Path.of(storagePath(job, disk))));
    }

    private static boolean isOutOfItsOwnSpace(BlockBackend device) {
        return device.ioStatus().equals(Optional.of(IoStatus.NOSPACE))
                && device.inserted()
                        .filter(node -> isNearlyFull(Path.of(node.filename())))
                        .isPresent();
    }

    private static String storage(JobRecord job) {
        return job.disks().stream()
                .map(disk -> "'%s' has %d bytes left"
                        .formatted(storagePath(job, disk), spaceLeft(Path.of(storagePath(job, disk)))))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String storagePath(JobRecord job, DiskRecord disk) {
        return disk.scratchPath(job.push()).orElse(disk.path());
    }

    private static boolean isNearlyFull(Path file) {
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
