package org.virtkeep.qemu.backup;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.virtkeep.model.CheckpointDefaults;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;

/// Which disks of a domain that is shut off an operation on checkpoints or backups opens. For a
/// domain that runs, everything is open, and nothing here does anything. Stateless.
final class ShutOffDisks {
    private ShutOffDisks() {}

    /// Opens disks. If a change of checkpoints is still noted ([CheckpointRecovery]), it is finished
    /// or undone first: for that, all disks are opened.
    static void open(DomainSession session, Collection<String> targets) {
        if (session.isActive()) {
            return;
        }
        var store = new CheckpointStore(session.folder(), session.root().durable());
        if (store.change().isPresent()) {
            var all = new HashSet<>(targets);
            session.definition().disks().stream()
                    .filter(DomainDisk::isBackedUpByDefault)
                    .map(DomainDisk::target)
                    .forEach(all::add);
            session.openImages(all);
            CheckpointRecovery.runOnOpenImages(session);
        }
        session.openImages(targets);
    }

    /// The disks that checkpoints which exist track; the domain need not have them any more.
    static Collection<String> of(List<CheckpointDefinition> checkpoints) {
        return checkpoints.stream()
                .flatMap(checkpoint -> tracked(checkpoint).stream())
                .collect(Collectors.toSet());
    }

    /// The disks that a new checkpoint is to track.
    static Collection<String> tracked(DomainSession session, CheckpointDefinition asked) {
        return tracked(CheckpointDefaults.fill(asked, session.definition().disks(), Instant.now(), false));
    }

    private static Set<String> tracked(CheckpointDefinition complete) {
        var targets = new HashSet<String>();
        complete.disks().orElse(List.of()).stream()
                .filter(CheckpointDisk::tracked)
                .map(CheckpointDisk::name)
                .forEach(targets::add);
        return targets;
    }

    static void refuseQuiesce(DomainSession session) {
        throw VirtException.qemu(
                ErrorCode.OPERATION_INVALID,
                "domain '%s' is shut off, so there is no guest whose file systems could be frozen; leave --quiesce out"
                        .formatted(session.name()));
    }
}
