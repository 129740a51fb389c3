package org.virtkeep.qemu.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.qemu.state.DomainFolder;

/// The snapshot methods of [org.virtkeep.api.Domain] and [Snapshot], on an open session. Those with a folder
/// read files only and need no session. Thread-safe across domains.
public interface SnapshotOperations {

    /// @return the new snapshot's name
    String create(
            DomainSession session,
            SnapshotDefinition definition,
            Optional<CheckpointDefinition> checkpoint,
            Set<SnapshotCreateFlag> flags);

    /// Parents before children.
    List<String> names(DomainFolder folder);

    /// @throws org.virtkeep.model.VirtException NO_DOMAIN_SNAPSHOT
    SnapshotDefinition definition(DomainFolder folder, String name);

    /// The name of the snapshot that the domain's disks go on from.
    Optional<String> current(DomainFolder folder);

    /// Forgets a snapshot; its children move to its parent.
    ///
    /// @throws org.virtkeep.model.VirtException NO_DOMAIN_SNAPSHOT
    void forget(DomainSession session, String name);

    /// Begins to delete a snapshot. It is deleted when [#deletion] says so; sessions opened meanwhile carry
    /// on with it.
    ///
    /// @throws org.virtkeep.model.VirtException as [Snapshot#delete] does, before anything has changed
    void beginDelete(DomainSession session, String name);

    /// How far the deletion of a snapshot is.
    ///
    /// @return empty when it is done
    /// @throws org.virtkeep.model.VirtException OPERATION_FAILED with the reason if it failed
    Optional<Snapshot.Progress> deletion(DomainSession session, String name);

    void revert(DomainSession session, String name);
}
