package org.virtkeep.qemu.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.qemu.state.DomainFolder;

/// The backup methods of [org.virtkeep.api.Domain], on an open session. Thread-safe across domains.
public interface BackupOperations {

    int begin(
            DomainSession session,
            BackupRequest request,
            Optional<CheckpointDefinition> checkpoint,
            Set<BackupBeginFlag> flags);

    BackupEnd end(DomainSession session, int id, Set<BackupEndFlag> flags);

    String xml(DomainSession session, int id);

    List<BackupJob> jobs(DomainSession session);

    BackupJob job(DomainSession session, int id);

    /// True if the records in `folder` say that a job runs. Reads files only: the domain's lock may be held
    /// by someone else.
    boolean hasRunning(DomainFolder folder);
}
