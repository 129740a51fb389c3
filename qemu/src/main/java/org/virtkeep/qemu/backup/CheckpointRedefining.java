package org.virtkeep.qemu.backup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointHealth.State;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.CheckpointRedefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;

/// Makes checkpoints known whose bitmaps exist. Confined to one thread.
///
/// They are written down parents first, so that an interruption leaves a tree with fewer of them, and
/// redefining again adds the rest.
final class CheckpointRedefining {
    private final DomainSession session;
    private final CheckpointStore store;

    CheckpointRedefining(DomainSession session) {
        this.session = session;
        this.store = new CheckpointStore(session.folder(), session.root().durable());
    }

    /// @return the names, parents before children
    List<String> redefine(List<CheckpointDefinition> definitions, boolean validate) {
        Map<String, CheckpointDefinition> complete = new LinkedHashMap<>();
        for (CheckpointDefinition definition : definitions) {
            CheckpointDefinition each = CheckpointRedefinition.complete(
                    definition, session.definition().uuid());
            if (complete.put(CheckpointStore.name(each), each) != null) {
                throw new VirtException(
                        ErrorCode.INVALID_ARG,
                        ErrorDomain.DOMAIN_CHECKPOINT,
                        "checkpoint '%s' is given twice; give it once".formatted(CheckpointStore.name(each)));
            }
        }
        CheckpointTree tree = store.tree().with(List.copyOf(complete.values()));
        if (validate) {
            CheckpointInspection inspection = CheckpointInspection.of(session);
            complete.values().forEach(checkpoint -> requireValid(inspection, checkpoint));
        }
        List<CheckpointDefinition> ordered = tree.all().stream()
                .filter(checkpoint -> complete.containsKey(CheckpointStore.name(checkpoint)))
                .toList();
        ordered.forEach(this::save);
        return ordered.stream().map(CheckpointStore::name).toList();
    }

    /// As libvirt has it, it becomes current if it follows the current one.
    private void save(CheckpointDefinition checkpoint) {
        if (checkpoint.parent().equals(store.current())) {
            store.create(checkpoint);
        } else {
            store.save(checkpoint);
        }
    }

    private void requireValid(CheckpointInspection inspection, CheckpointDefinition checkpoint) {
        Set<String> present =
                session.definition().disks().stream().map(disk -> disk.target()).collect(Collectors.toSet());
        List<CheckpointDisk> disks = checkpoint.disks().orElse(List.of()).stream()
                .filter(disk -> present.contains(disk.name()))
                .toList();
        for (CheckpointHealth.Disk disk :
                inspection.of(checkpoint.withDisks(disks)).disks()) {
            if (disk.state() != State.OK) {
                throw VirtException.qemu(
                        ErrorCode.CHECKPOINT_INCONSISTENT,
                        "missing or broken bitmap '%s' of disk '%s' of domain '%s': %s; redefine the checkpoint with checkpoint='no' for this disk"
                                .formatted(
                                        CheckpointStore.name(checkpoint),
                                        disk.disk(),
                                        session.name(),
                                        disk.detail().orElse(disk.state().label())));
            }
        }
    }
}
