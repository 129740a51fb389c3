package org.virtkeep.qemu.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.api.Domain.CheckpointRepairFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.qemu.state.DomainFolder;

/// The checkpoint methods of [org.virtkeep.api.Domain] and [Checkpoint], on an open session. Those with a
/// folder read files only and need no session. Thread-safe across domains.
public interface CheckpointOperations {

    /// @return the new checkpoint's name
    String create(DomainSession session, CheckpointDefinition definition, Set<CheckpointCreateFlag> flags);

    /// As [org.virtkeep.api.Domain#checkpointsRedefine].
    ///
    /// @return the names, parents before children
    List<String> redefine(DomainSession session, List<CheckpointDefinition> definitions, boolean validate);

    /// The names of those that a listing of the domain shows, parents before children.
    List<String> names(DomainFolder folder, Set<CheckpointFilter> filters);

    /// All names, parents before children.
    default List<String> names(DomainFolder folder) {
        return names(folder, Set.of());
    }

    /// The names of those that follow a checkpoint, parents before children.
    ///
    /// @throws org.virtkeep.model.VirtException NO_DOMAIN_CHECKPOINT
    List<String> children(DomainFolder folder, String name, Set<CheckpointFilter> filters);

    /// @throws org.virtkeep.model.VirtException NO_DOMAIN_CHECKPOINT
    Optional<String> parent(DomainFolder folder, String name);

    /// The name of the checkpoint that a new one follows.
    Optional<String> current(DomainFolder folder);

    /// @throws org.virtkeep.model.VirtException NO_DOMAIN_CHECKPOINT
    CheckpointDefinition definition(DomainSession session, String name, Set<Checkpoint.XmlFlag> flags);

    /// The same without SIZE.
    ///
    /// @throws org.virtkeep.model.VirtException NO_DOMAIN_CHECKPOINT
    CheckpointDefinition definition(DomainFolder folder, String name, Set<Checkpoint.XmlFlag> flags);

    /// As [Checkpoint#delete].
    ///
    /// @return clears away what was noted about the deletion, which nobody has to wait for; with the domain
    ///     still held, and before anything else is done about its checkpoints. If nobody does, the next
    ///     session does
    Runnable delete(DomainSession session, String name, Set<Checkpoint.DeleteFlag> flags);

    /// As [org.virtkeep.api.Domain#checkpointHealth].
    List<CheckpointHealth> health(DomainSession session);

    /// As [org.virtkeep.api.Domain#checkpointRepair].
    CheckpointRepair repair(DomainSession session, Optional<String> name, Set<CheckpointRepairFlag> flags);

    /// As [org.virtkeep.api.Domain#checkpointImport].
    CheckpointRepair importUnknown(DomainSession session, List<String> names, Set<CheckpointRepairFlag> flags);
}
