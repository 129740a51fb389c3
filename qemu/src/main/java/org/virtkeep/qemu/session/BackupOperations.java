package org.virtkeep.qemu.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.BackupReader;
import org.virtkeep.api.BackupUpstream;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.ProcessIdentity;

/// The backup methods of [org.virtkeep.api.Domain], on an open session. Thread-safe across domains.
public interface BackupOperations {

    int begin(
            DomainSession session,
            BackupRequest request,
            Optional<CheckpointDefinition> checkpoint,
            Set<BackupBeginFlag> flags);

    /// Ends a job. If QEMU does not let go of it at once, because it waits for the job's storage, there is no result
    /// yet: call again with the job's id, in another session, so that others come in between.
    Ended end(DomainSession session, int id, Set<BackupEndFlag> flags);

    /// Decides durably that a pull ends, of which the caller's user is told so at once. What it holds is
    /// still there: [#release] is to follow, in the same session.
    ///
    /// @throws org.virtkeep.model.VirtException NO_DOMAIN_BACKUP if there is no such job
    void decide(DomainSession session, int id);

    /// Releases what a job holds whose end was decided. As [#end] there may be no result yet.
    Ended release(DomainSession session, int id);

    /// @param id     the job's, never 0
    /// @param result empty while it is being taken down
    record Ended(int id, Optional<BackupEnd> result) {}

    String xml(DomainSession session, int id);

    List<BackupJob> jobs(DomainSession session);

    List<BackupJob> runningJobs(DomainSession session);

    /// As [#runningJobs], on a session of its own: of jobs that have just failed the end is found first.
    List<BackupJob> goingJobs(DomainSession session);

    BackupJob job(DomainSession session, int id);

    /// Has what the next backup needs made ready. Returns at once.
    default void prepare() {}

    /// Lets go of what waits for the next backup. Backups that run go on.
    default void close() {}

    /// See [org.virtkeep.api.Domain#backupReader]. Needs no session: the domain's lock may be held by someone else.
    List<BackupUpstream.Disk> reader(DomainFolder folder, int id, BackupReader reader);

    /// The processes that look after the domain's running jobs. Reads files only.
    List<ProcessIdentity> keepers(DomainFolder folder);

    /// True if the records in `folder` say that a job runs. Reads files only: the domain's lock may be held
    /// by someone else.
    boolean hasRunning(DomainFolder folder);
}
