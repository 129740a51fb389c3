package org.virtkeep.qemu.backup;

import java.util.List;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;

/// Gives a job up for the guest's sake, or of a push that may lose disks only those: leaves word why, takes it out of
/// the way of the guest's writes, and lets the guest go on. The job's end is left to a session. Stateless.
final class GivingUp {
    private GivingUp() {}

    /// @return true if the whole job is given up
    static boolean run(
            QmpMonitor monitor, DomainJobs domain, JobRecord job, Trouble.Sight.Ours trouble, Deadline deadline)
            throws QmpException {
        var resources = new JobResources(monitor, domain.names(job), NbdServer.socket(domain.folder()));
        List<DiskRecord> blamed = job.mayLoseDisks() ? blamed(job, trouble) : List.of();
        if (blamed.isEmpty()) {
            note(() -> domain.jobs().noteTrouble(job.id(), trouble.reason()), trouble.reason());
            resources.cancelJobs(deadline);
        }
        for (DiskRecord disk : blamed) {
            if (disk.isRunning()) {
                String reason = "disk '%s' to '%s': %s".formatted(disk.name(), disk.path(), trouble.reason());
                note(() -> domain.jobs().noteTrouble(job.id(), disk.index(), reason), reason);
            }
            resources.ofDisk(disk.index()).cancelJobs(deadline);
        }
        Trouble.letGuestGoOn(monitor, deadline);
        return blamed.isEmpty();
    }

    /// The disks that a push can do without, and that are enough to free the guest; none if the job must go. If all
    /// that were hit are lost already, someone else has given them up, and may be about to free the guest.
    private static List<DiskRecord> blamed(JobRecord job, Trouble.Sight.Ours trouble) {
        List<DiskRecord> running =
                trouble.disks().stream().filter(DiskRecord::isRunning).toList();
        if (running.isEmpty()) {
            return trouble.disks().stream().filter(DiskRecord::hasJustFailed).toList();
        }
        boolean someAreLeft = running.size()
                < job.disks().stream().filter(DiskRecord::isRunning).count();
        return someAreLeft ? running : List.of();
    }

    /// Where there is no room for a note, the guest must be freed all the same.
    private static void note(Runnable step, String reason) {
        try {
            step.run();
        } catch (VirtException e) {
            System.err.println("%s; the reason cannot be noted: %s".formatted(reason, e.getMessage()));
        }
    }
}
