package org.virtkeep.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;

/// The end of a job that is told when those of its disks were, or when these do not come. Confined to one thread.
final class HeldEnd {
    /// libvirt has been seen to take more than a second.
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /// If it is not known which disks there are.
    private static final Duration LITTLE_PATIENCE = Duration.ofMillis(300);

    private final String domain;
    private final BackupJob job;
    private final Set<String> awaited;
    private final Deadline deadline;

    private HeldEnd(String domain, BackupJob job, Set<String> awaited, Deadline deadline) {
        this.domain = domain;
        this.job = job;
        this.awaited = awaited;
        this.deadline = deadline;
    }

    /// @param told disks whose end was told before
    static HeldEnd of(String domain, BackupJob job, Set<String> told) {
        var awaited = new HashSet<String>();
        job.disks().forEach(disk -> awaited.add(disk.name()));
        awaited.removeAll(told);
        boolean unknown = !job.disks().stream().allMatch(LibvirtJob::isNamed)
                || job.disks().isEmpty();
        if (unknown) {
            awaited.clear();
            awaited.add(""); // which never comes
        }
        return new HeldEnd(domain, job, awaited, Deadline.in(unknown ? LITTLE_PATIENCE : PATIENCE));
    }

    void seen(String disk) {
        awaited.remove(disk);
    }

    /// @return true if it was told
    boolean tellIfDue(EventLog log) {
        if (!awaited.isEmpty() && !deadline.hasPassed()) {
            return false;
        }
        tell(log);
        return true;
    }

    void tell(EventLog log) {
        log.add(sequence -> new Event.JobCompleted(sequence, Instant.now(), domain, job));
    }
}
