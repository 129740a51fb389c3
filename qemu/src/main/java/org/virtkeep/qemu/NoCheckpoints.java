package org.virtkeep.qemu;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.CheckpointOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.DomainFolder;

/// For a driver that only runs domains.
final class NoCheckpoints implements CheckpointOperations {
    @Override
    public String create(DomainSession session, CheckpointDefinition definition, Set<CheckpointCreateFlag> flags) {
        throw unsupported();
    }

    @Override
    public List<String> names(DomainFolder folder) {
        return List.of();
    }

    @Override
    public Optional<String> parent(DomainFolder folder, String name) {
        throw unsupported();
    }

    @Override
    public Optional<String> current(DomainFolder folder) {
        return Optional.empty();
    }

    @Override
    public CheckpointDefinition definition(DomainSession session, String name, Set<Checkpoint.XmlFlag> flags) {
        throw unsupported();
    }

    @Override
    public void delete(DomainSession session, String name, Set<Checkpoint.DeleteFlag> flags) {
        throw unsupported();
    }

    private static VirtException unsupported() {
        return VirtException.qemu(ErrorCode.NO_SUPPORT, "this driver has no checkpoints");
    }
}
