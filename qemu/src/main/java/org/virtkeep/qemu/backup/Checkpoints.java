package org.virtkeep.qemu.backup;

import java.time.Instant;
import java.util.ArrayList;
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
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.CheckpointOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.KnownRecords;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qemu.watch.FolderStates;
import org.virtkeep.qmp.Transaction;

/// The checkpoint calls of a domain. Thread-safe across domains.
public final class Checkpoints implements CheckpointOperations {
    /// More, with the domain that each holds, take too much memory for what they are asked for.
    private static final int MOST_REMEMBERED = 32;

    private final Root root;
    private final KnownRecords<CheckpointTree> trees;

    /// @param states tell whether what was read before still holds
    public Checkpoints(Root root, FolderStates states) {
        this.root = root;
        this.trees = new KnownRecords<>(states, tree -> tree.size() <= MOST_REMEMBERED);
    }

    @Override
    public String create(DomainSession session, CheckpointDefinition definition, Set<CheckpointCreateFlag> flags) {
        CheckpointFlags.check(flags);
        if (flags.contains(CheckpointCreateFlag.REDEFINE)) {
            return redefine(session, List.of(definition), flags.contains(CheckpointCreateFlag.REDEFINE_VALIDATE))
                    .getFirst();
        }
        openImages(session, definition, flags);
        CheckpointPlan plan = new CheckpointPlanner(session).plan(definition, Instant.now());
        CheckpointStore store = store(session.folder());
        store.begin(CheckpointChange.creation(plan.name()));
        try {
            store.create(plan.definition());
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
    public List<String> redefine(DomainSession session, List<CheckpointDefinition> definitions, boolean validate) {
        return new CheckpointRedefining(session).redefine(definitions, validate);
    }

    @Override
    public List<String> names(DomainFolder folder, Set<CheckpointFilter> filters) {
        return names(tree(folder).select(filters));
    }

    @Override
    public List<String> children(DomainFolder folder, String name, Set<CheckpointFilter> filters) {
        require(folder, name);
        return names(tree(folder).select(name, filters));
    }

    private static List<String> names(List<CheckpointDefinition> checkpoints) {
        return checkpoints.stream().map(CheckpointStore::name).toList();
    }

    @Override
    public Optional<String> parent(DomainFolder folder, String name) {
        return require(folder, name).parent();
    }

    /// For questions alone: who changes checkpoints reads them himself.
    private CheckpointTree tree(DomainFolder folder) {
        return trees.of(folder, store(folder)::tree);
    }

    private CheckpointDefinition require(DomainFolder folder, String name) {
        return tree(folder).find(name).orElseThrow(() -> CheckpointStore.missing(folder, name));
    }

    @Override
    public Optional<String> current(DomainFolder folder) {
        return store(folder).current();
    }

    @Override
    public CheckpointDefinition definition(DomainSession session, String name, Set<Checkpoint.XmlFlag> flags) {
        CheckpointDefinition checkpoint = store(session.folder()).require(name);
        if (flags.contains(Checkpoint.XmlFlag.SIZE)) {
            ShutOffDisks.open(session, ShutOffDisks.of(List.of(checkpoint)));
            checkpoint = new CheckpointSizes(session).measure(checkpoint);
        }
        return shown(checkpoint, flags);
    }

    @Override
    public CheckpointDefinition definition(DomainFolder folder, String name, Set<Checkpoint.XmlFlag> flags) {
        return shown(require(folder, name), flags);
    }

    private static CheckpointDefinition shown(CheckpointDefinition checkpoint, Set<Checkpoint.XmlFlag> flags) {
        if (flags.contains(Checkpoint.XmlFlag.NO_DOMAIN)) {
            return checkpoint.withoutDomain();
        }
        return flags.contains(Checkpoint.XmlFlag.SECURE) ? checkpoint : checkpoint.withoutSecrets();
    }

    @Override
    public Runnable delete(DomainSession session, String name, Set<Checkpoint.DeleteFlag> flags) {
        CheckpointFlags.checkDeletion(flags);
        CheckpointStore store = store(session.folder());
        List<CheckpointDefinition> gone = chosen(store, name, flags);
        boolean metadataOnly = flags.contains(Checkpoint.DeleteFlag.METADATA_ONLY);
        if (!metadataOnly) {
            ShutOffDisks.open(session, ShutOffDisks.of(gone));
        }
        if (gone.isEmpty()) {
            return () -> {};
        }
        var removal = new CheckpointRemoval(session);
        if (!metadataOnly) {
            removal.lookAhead();
        }
        var change = CheckpointChange.deletion(names(gone), !metadataOnly);
        if (endsWithHost(session, gone)) {
            store.beginForNow(change);
        } else {
            store.begin(change);
        }
        try {
            removal.remove(gone, metadataOnly);
        } catch (VirtException e) {
            if (CheckpointRecovery.wasRefused(e)) {
                store.clearChange(); // otherwise the next session finishes it
            }
            throw e;
        }
        return store::clearDeletion;
    }

    /// Whether a deletion that was begun, and of which nobody was told that it is done, may be forgotten when the host
    /// crashes. QEMU crashes with it, and leaves all bitmaps of its images unusable. So what there is then, a
    /// checkpoint without its bitmaps, is no worse than those beside it: it can be seen, and deleted again. But of
    /// several, some might be gone and leave a hole in the tree.
    private static boolean endsWithHost(DomainSession session, List<CheckpointDefinition> gone) {
        return session.isActive() && gone.size() == 1;
    }

    private static List<CheckpointDefinition> chosen(
            CheckpointStore store, String name, Set<Checkpoint.DeleteFlag> flags) {
        var chosen = new ArrayList<CheckpointDefinition>();
        CheckpointDefinition checkpoint = store.require(name);
        if (!flags.contains(Checkpoint.DeleteFlag.CHILDREN_ONLY)) {
            chosen.add(checkpoint);
        }
        if (flags.contains(Checkpoint.DeleteFlag.CHILDREN_ONLY) || flags.contains(Checkpoint.DeleteFlag.CHILDREN)) {
            chosen.addAll(store.tree().descendants(name));
        }
        return chosen;
    }

    @Override
    public List<CheckpointHealth> health(DomainSession session) {
        CheckpointInspection inspection = CheckpointInspection.of(session);
        List<CheckpointDefinition> known = store(session.folder()).all();
        var health = new ArrayList<CheckpointHealth>();
        known.forEach(checkpoint -> health.add(inspection.of(checkpoint)));
        health.addAll(inspection.unknown(Set.copyOf(names(known))));
        return health;
    }

    @Override
    public CheckpointRepair repair(DomainSession session, Optional<String> name, Set<CheckpointRepairFlag> flags) {
        return new CheckpointMending(session, flags.contains(CheckpointRepairFlag.DRY_RUN)).run(name);
    }

    @Override
    public CheckpointRepair importUnknown(DomainSession session, List<String> names, Set<CheckpointRepairFlag> flags) {
        return new CheckpointMending(session, flags.contains(CheckpointRepairFlag.DRY_RUN)).importAll(names);
    }

    private CheckpointStore store(DomainFolder folder) {
        return new CheckpointStore(folder, root.durable());
    }
}
