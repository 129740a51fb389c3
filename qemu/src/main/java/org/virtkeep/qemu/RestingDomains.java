package org.virtkeep.qemu;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.virtkeep.api.StateReason;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.watch.FolderState;
import org.virtkeep.qemu.watch.FolderStates;

/// Tells quickly of domains that they are shut off and that there is nothing to be found out about
/// them: no QEMU, no storage daemon, no unfinished job. A host may have hundreds of them, and clients
/// list them again and again. Thread-safe.
///
/// What is remembered holds as long as the [FolderState] of the domain is the same. That of its jobs
/// need not be asked for: a job begins when something has the images open, which is recorded in the
/// domain's folder before.
final class RestingDomains {
    private final BackupOperations backups;
    private final FolderStates states;
    private final Map<String, Rest> known = new ConcurrentHashMap<>();

    RestingDomains(BackupOperations backups, FolderStates states) {
        this.backups = backups;
        this.states = states;
    }

    /// A domain at rest.
    ///
    /// @param reason why it is shut off
    record Rest(FolderState state, UUID uuid, StateReason reason) {}

    /// Empty if there is no such domain, or it has to be looked at.
    Optional<Rest> find(DomainFolder folder) {
        Optional<FolderState> now = states.ofDomain(folder);
        if (now.isEmpty()) {
            known.remove(folder.name());
            return Optional.empty();
        }
        Rest last = known.get(folder.name());
        return last != null && last.state.equals(now.get()) ? Optional.of(last) : look(folder, now.get());
    }

    /// @param before from before the look
    private Optional<Rest> look(DomainFolder folder, FolderState before) {
        known.remove(folder.name());
        if (folder.isHeld() || !folder.isDefined() || backups.hasRunning(folder)) {
            return Optional.empty();
        }
        Optional<Rest> rest = folder.uuid().map(uuid -> new Rest(before, uuid, ReasonWords.ofEnd(folder.lastEnd())));
        rest.filter(_ -> before.showsChanges()).ifPresent(found -> known.put(folder.name(), found));
        return rest;
    }
}
