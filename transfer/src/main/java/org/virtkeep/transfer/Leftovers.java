package org.virtkeep.transfer;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.BackupInfo;

/// Cleans up after runs that died: their job, their checkpoint, their socket. Only what a run has
/// recorded, or what carries the name of this repository's checkpoints, is touched.
final class Leftovers {
    private final Domain domain;
    private final CheckpointNames names;
    private final BackupListener listener;

    Leftovers(Domain domain, CheckpointNames names, BackupListener listener) {
        this.domain = domain;
        this.names = names;
        this.listener = listener;
    }

    /// @param lock held, so that the run of a record that is found is dead
    /// @param backups of the domain
    /// @throws VirtException OPERATION_INVALID if a job of this repository is running that no record of
    ///     this host tells of: then a process elsewhere may be alive
    void clean(RunLock lock, List<BackupInfo> backups) throws IOException {
        Optional<RunRecord> record = lock.record();
        for (BackupJob job : domain.runningBackupJobs()) {
            if (record.isPresent() && isOf(job, record.get())) {
                domain.backupEnd(job.id(), Set.of(BackupEndFlag.ABORT));
                listener.note("ended job %d of domain '%s', which an interrupted backup had left"
                        .formatted(job.id(), domain.name()));
            } else if (job.checkpoint().filter(names::owns).isPresent()) {
                throw foreign(job);
            }
        }
        new OwnCheckpoints(domain, names, listener).removeOrphans(backups);
        if (record.isPresent()) {
            PullJob.removeSockets(record.get());
            lock.clear();
        }
    }

    private static boolean isOf(BackupJob job, RunRecord record) {
        return job.server().filter(record.server()::equals).isPresent()
                || record.checkpoint().isPresent() && job.checkpoint().equals(record.checkpoint());
    }

    private VirtException foreign(BackupJob job) {
        return new VirtException(
                ErrorCode.OPERATION_INVALID,
                ErrorDomain.DOMAIN,
                ("job %d of domain '%s' is a backup into this repository that was begun elsewhere; wait for it, or if it"
                                + " is dead, end it with 'virtkeep backup-end %s --id %d'")
                        .formatted(job.id(), domain.name(), domain.name(), job.id()));
    }
}
