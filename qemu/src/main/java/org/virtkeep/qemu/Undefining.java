package org.virtkeep.qemu;

import java.util.Set;
import org.virtkeep.api.Domain.UndefineFlag;
import org.virtkeep.api.Event.LifecycleType;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;

/// Forgets domains. Immutable and thread-safe.
final class Undefining {
    private final Sessions sessions;
    private final JobServices services;

    Undefining(Sessions sessions, JobServices services) {
        this.sessions = sessions;
        this.services = services;
    }

    /// Forgets a domain that does not run. An attached one is forgotten while it runs, if no backup does: its
    /// QEMU goes on.
    ///
    /// @throws VirtException OPERATION_INVALID while it runs, or when it has checkpoints or snapshots and
    ///     their flag is missing
    void undefine(String name, Set<UndefineFlag> flags) {
        try (DomainSession session = sessions.open(name, "undefine");
                var _ = sessions.root().lock("undefine domain '%s'".formatted(name))) {
            requireStopped(session);
            requireNoCheckpoints(session.folder(), flags);
            requireNoSnapshots(session.folder(), flags);
            session.folder().delete();
            session.emitLifecycle(LifecycleType.UNDEFINED, "removed");
        }
    }

    private void requireStopped(DomainSession session) {
        if (session.isActive() && !session.run().orElseThrow().attached()) {
            throw refused(session.folder(), "it is running; shut it down or destroy it first");
        }
        if (services.backups().hasRunning(session.folder())) {
            throw refused(session.folder(), "a backup of it is running; end that first");
        }
    }

    private void requireNoCheckpoints(DomainFolder folder, Set<UndefineFlag> flags) {
        int count = services.checkpoints().names(folder).size();
        if (count > 0 && !flags.contains(UndefineFlag.CHECKPOINTS_METADATA)) {
            throw refused(
                    folder,
                    "it has %d checkpoints; delete them, or undefine it with --checkpoints-metadata".formatted(count));
        }
    }

    private void requireNoSnapshots(DomainFolder folder, Set<UndefineFlag> flags) {
        int count = services.snapshots().names(folder).size();
        if (count > 0 && !flags.contains(UndefineFlag.SNAPSHOTS_METADATA)) {
            throw refused(
                    folder,
                    "it has %d snapshots; delete them, or undefine it with --snapshots-metadata".formatted(count));
        }
    }

    private static VirtException refused(DomainFolder folder, String why) {
        return VirtException.qemu(
                ErrorCode.OPERATION_INVALID, "cannot undefine domain '%s': %s".formatted(folder.name(), why));
    }
}
