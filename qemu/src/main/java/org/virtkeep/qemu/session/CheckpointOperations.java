package org.virtkeep.qemu.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.qemu.state.DomainFolder;

/// The checkpoint methods of [org.virtkeep.api.Domain] and [Checkpoint], on an open session. Those with a
/// folder read files only and need no session. Thread-safe across domains.
public interface CheckpointOperations {

    /// @return the new checkpoint's name
    String create(DomainSession session, CheckpointDefinition definition, Set<CheckpointCreateFlag> flags);

    /// Parents before children.
    List<String> names(DomainFolder folder);

    /// @throws org.virtkeep.model.VirtException NO_DOMAIN_CHECKPOINT
    Optional<String> parent(DomainFolder folder, String name);

    /// The name of the newest checkpoint.
    Optional<String> current(DomainFolder folder);

    /// @throws org.virtkeep.model.VirtException NO_DOMAIN_CHECKPOINT
    CheckpointDefinition definition(DomainSession session, String name, Set<Checkpoint.XmlFlag> flags);

    void delete(DomainSession session, String name, Set<Checkpoint.DeleteFlag> flags);
}
