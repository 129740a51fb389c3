package org.virtkeep.qemu;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.DomainFolder;

/// For a driver that only runs domains.
final class NoBackups implements BackupOperations {
    @Override
    public int begin(
            DomainSession session,
            BackupRequest request,
            Optional<CheckpointDefinition> checkpoint,
            Set<BackupBeginFlag> flags) {
        throw unsupported();
    }

    @Override
    public BackupEnd end(DomainSession session, int id, Set<BackupEndFlag> flags) {
        throw unsupported();
    }

    @Override
    public String xml(DomainSession session, int id) {
        throw unsupported();
    }

    @Override
    public List<BackupJob> jobs(DomainSession session) {
        return List.of();
    }

    @Override
    public BackupJob job(DomainSession session, int id) {
        throw unsupported();
    }

    @Override
    public boolean hasRunning(DomainFolder folder) {
        return false;
    }

    private static VirtException unsupported() {
        return VirtException.qemu(ErrorCode.NO_SUPPORT, "this driver has no backups");
    }
}
