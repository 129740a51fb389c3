package org.virtkeep.qemu.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.CheckpointOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qmp.Transaction;

/// The checkpoint calls of a domain. Thread-safe across domains.
public final class Checkpoints implements CheckpointOperations {
    private final Root root;

    public Checkpoints(Root root) {
        this.root = root;
    }

    @Override
    public String create(DomainSession session, CheckpointDefinition definition, Set<CheckpointCreateFlag> flags) {
        openImages(session, definition, flags);
        CheckpointPlan plan = new CheckpointPlanner(session).plan(definition, Instant.now());
        CheckpointStore store = store(session.folder());
        store.begin(CheckpointChange.creation(plan.name()));
        try {
            store.save(plan.definition());
            execute(session, plan, flags);
            store.clearChange();
        } catch (VirtException e) {
            undo(session, e);
            throw e;
        }
        return plan.name();
    }

    private static void openImages(
            DomainSession session, CheckpointDefinition definition, Set<CheckpointCreateFlag> flags) {
        if (!session.isActive() && flags.contains(CheckpointCreateFlag.QUIESCE)) {
            ShutOffDisks.refuseQuiesce(session);
        }
        if (!session.isActive()) {
            ShutOffDisks.open(session, ShutOffDisks.tracked(session, definition));
        }
    }

    private static void undo(DomainSession session, VirtException cause) {
        try {
            CheckpointRecovery.runOnOpenImages(session);
        } catch (VirtException e) {
            cause.addSuppressed(e); // it is still noted: the next session goes on undoing
        }
    }

    /// A checkpoint that tracks no disk needs nothing of QEMU.
    private static void execute(DomainSession session, CheckpointPlan plan, Set<CheckpointCreateFlag> flags) {
        if (plan.nodes().isEmpty()) {
            return;
        }
        var transaction = new Transaction(plan.actions());
        if (flags.contains(CheckpointCreateFlag.QUIESCE)) {
            Quiesced.run(session, () -> session.execute(transaction));
        } else {
            session.changeImages(() -> session.execute(transaction));
        }
    }

    @Override
    public List<String> names(DomainFolder folder) {
        return store(folder).all().stream().map(CheckpointStore::name).toList();
    }

    @Override
    public Optional<String> parent(DomainFolder folder, String name) {
        return store(folder).require(name).parent();
    }

    @Override
    public Optional<String> current(DomainFolder folder) {
        return store(folder).current();
    }

    @Override
    public CheckpointDefinition definition(DomainSession session, String name, Set<Checkpoint.XmlFlag> flags) {
        CheckpointDefinition checkpoint = store(session.folder()).require(name);
        if (flags.contains(Checkpoint.XmlFlag.SIZE)) {
            ShutOffDisks.open(session, ShutOffDisks.of(checkpoint));
            checkpoint = new CheckpointSizes(session).measure(checkpoint);
        }
        return flags.contains(Checkpoint.XmlFlag.NO_DOMAIN) ? withoutDomain(checkpoint) : checkpoint;
    }

    private static CheckpointDefinition withoutDomain(CheckpointDefinition checkpoint) {
        return new CheckpointDefinition(
                checkpoint.name(),
                checkpoint.description(),
                checkpoint.creationTime(),
                checkpoint.parent(),
                checkpoint.disks(),
                Optional.empty());
    }

    @Override
    public void delete(DomainSession session, String name, Set<Checkpoint.DeleteFlag> flags) {
        CheckpointStore store = store(session.folder());
        CheckpointDefinition checkpoint = store.require(name);
        boolean metadataOnly = flags.contains(Checkpoint.DeleteFlag.METADATA_ONLY);
        if (!metadataOnly) {
            ShutOffDisks.open(session, ShutOffDisks.of(checkpoint));
        }
        store.begin(CheckpointChange.deletion(name, !metadataOnly));
        try {
            new CheckpointRemoval(session).remove(checkpoint, metadataOnly);
        } catch (VirtException e) {
            if (CheckpointRecovery.wasRefused(e)) {
                store.clearChange(); // otherwise the next session finishes it
            }
            throw e;
        }
        store.clearChange();
    }

    private CheckpointStore store(DomainFolder folder) {
        return new CheckpointStore(folder, root.durable());
    }
}
