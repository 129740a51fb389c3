package org.virtkeep.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.virtkeep.api.Domain.UndefineFlag;
import org.virtkeep.api.Event.LifecycleType;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.Durable;

/// Forgets domains. Immutable and thread-safe.
final class Undefining {
    private final Sessions sessions;
    private final JobServices services;

    Undefining(Sessions sessions, JobServices services) {
        this.sessions = sessions;
        this.services = services;
    }

    /// Forgets a domain. One that runs is forgotten at its end; an attached one now: its QEMU goes on.
    ///
    /// @throws VirtException see [org.virtkeep.api.Domain#undefine]
    void undefine(String name, Set<UndefineFlag> flags) {
        try (DomainSession session = sessions.open(name, "undefine");
                var _ = sessions.root().lock("undefine domain '%s'".formatted(name))) {
            boolean attached = session.run().filter(DomainRun::attached).isPresent();
            if (session.isActive() && !attached) {
                undefineRunning(session);
            } else {
                requireNoBackup(session);
                requireNoCheckpoints(session.folder(), flags);
                requireNoSnapshots(session.folder(), flags);
                if (flags.contains(UndefineFlag.NVRAM)) {
                    deleteVariables(session);
                }
                Runnable rest = session.folder().forget();
                services.endings().start(rest); // nobody has to wait for files that nobody finds any more
            }
            session.emitLifecycle(LifecycleType.UNDEFINED, "removed");
        }
    }

    private static void undefineRunning(DomainSession session) {
        if (!session.folder().isDefined()) {
            throw refused(session.folder(), "it is known only while it runs; destroy it, or shut it down");
        }
        session.folder().deleteDefinition();
    }

    private static void deleteVariables(DomainSession session) {
        session.definition().boot().nvram().map(Path::of).ifPresent(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw Durable.failure("delete the firmware's variables in", file, e);
            }
        });
    }

    private void requireNoBackup(DomainSession session) {
        if (services.backups().hasRunning(session.folder())) {
            throw refused(session.folder(), "a backup of it is running; end that first");
        }
    }

    private void requireNoCheckpoints(DomainFolder folder, Set<UndefineFlag> flags) {
        int count = services.checkpoints().names(folder).size();
        if (count > 0 && !flags.contains(UndefineFlag.CHECKPOINTS_METADATA)) {
            throw refused(
                    folder,
                    "it has checkpoints (%d); delete them, or undefine it with --checkpoints-metadata"
                            .formatted(count));
        }
    }

    private void requireNoSnapshots(DomainFolder folder, Set<UndefineFlag> flags) {
        int count = services.snapshots().names(folder).size();
        if (count > 0 && !flags.contains(UndefineFlag.SNAPSHOTS_METADATA)) {
            throw refused(
                    folder,
                    "it has snapshots (%d); delete them, or undefine it with --snapshots-metadata".formatted(count));
        }
    }

    private static VirtException refused(DomainFolder folder, String why) {
        return VirtException.qemu(
                ErrorCode.OPERATION_INVALID, "cannot undefine domain '%s': %s".formatted(folder.name(), why));
    }
}
