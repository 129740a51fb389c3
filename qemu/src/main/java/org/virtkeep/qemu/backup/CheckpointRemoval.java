package org.virtkeep.qemu.backup;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qmp.BlockNode;

/// Removes checkpoints: bitmaps first, then their children's links to them, then their records. Every step may
/// be repeated, so a removal that was interrupted is finished by removing again. Confined to one thread.
final class CheckpointRemoval {
    private final DomainSession session;
    private final CheckpointStore store;
    private Optional<Supplier<BlockGraph>> graph = Optional.empty();
    private Optional<Supplier<List<LiveDisk>>> disks = Optional.empty();
    private Optional<CheckpointTree> known = Optional.empty();

    CheckpointRemoval(DomainSession session) {
        this.session = session;
        this.store = new CheckpointStore(session.folder(), session.root().durable());
    }

    /// Asks QEMU for what the removal of bitmaps needs, for a caller who has something to do meanwhile, but nothing
    /// about checkpoints.
    void lookAhead() {
        ask();
        known = Optional.of(store.tree()); // while QEMU looks, too
    }

    private void ask() {
        graph = Optional.of(BlockGraph.ask(session));
        disks = Optional.of(session.askForDisks());
    }

    /// Removes the bitmaps of all at once, or of none.
    ///
    /// @param metadataOnly leave the bitmaps in the images; otherwise the disks must be open
    void remove(List<CheckpointDefinition> checkpoints, boolean metadataOnly) {
        if (!metadataOnly) {
            removeBitmaps(checkpoints);
        }
        forget(checkpoints);
    }

    /// Removes the records alone.
    void forget(List<CheckpointDefinition> checkpoints) {
        CheckpointTree tree = known.orElseGet(store::tree);
        Map<String, CheckpointDefinition> gone = new LinkedHashMap<>();
        checkpoints.forEach(checkpoint -> gone.put(CheckpointStore.name(checkpoint), checkpoint));
        store.current()
                .filter(gone::containsKey)
                .flatMap(current -> heir(current, gone))
                .filter(heir -> !store.isNext(heir))
                .ifPresent(store::noteCurrent);
        for (CheckpointDefinition child : tree.all()) {
            if (!gone.containsKey(CheckpointStore.name(child))
                    && child.parent().filter(gone::containsKey).isPresent()) {
                store.save(child.withParent(heir(CheckpointStore.name(child), withChild(gone, child))));
            }
        }
        List<String> childrenFirst =
                tree.all().reversed().stream().map(CheckpointStore::name).toList();
        store.deleteAll(childrenFirst.stream().filter(gone::containsKey).toList());
    }

    private static Map<String, CheckpointDefinition> withChild(
            Map<String, CheckpointDefinition> gone, CheckpointDefinition child) {
        Map<String, CheckpointDefinition> all = new LinkedHashMap<>(gone);
        all.put(CheckpointStore.name(child), child);
        return all;
    }

    /// The nearest ancestor that stays.
    private static Optional<String> heir(String name, Map<String, CheckpointDefinition> gone) {
        Optional<String> next = Optional.of(name);
        for (int step = 0; step <= gone.size() && next.filter(gone::containsKey).isPresent(); step++) {
            next = gone.get(next.get()).parent();
        }
        return next.filter(parent -> !gone.containsKey(parent));
    }

    /// Undoes the creation of a checkpoint that did not come about. The name was free in the active layers
    /// before, so whatever bears it there is ours; what is below them is not.
    void undoCreation(String name) {
        if (session.hasImages()) {
            BlockGraph graph = BlockGraph.query(session);
            var doomed = new BitmapRemoval(session, graph);
            for (LiveDisk disk : session.disks()) {
                doomed.add(disk, List.of(graph.chain(disk).active()), name);
            }
            doomed.run();
        }
        store.delete(name);
    }

    /// A bitmap that is missing already is no error: that is what was wanted.
    private void removeBitmaps(Collection<CheckpointDefinition> checkpoints) {
        if (graph.isEmpty()) {
            ask();
        }
        BlockGraph found = graph.orElseThrow().get();
        List<LiveDisk> live = disks.orElseThrow().get();
        var doomed = new BitmapRemoval(session, found);
        for (CheckpointDefinition checkpoint : checkpoints) {
            Set<String> tracked = tracked(checkpoint);
            for (LiveDisk disk : live) {
                if (tracked.contains(disk.target())) {
                    List<BlockNode> layers = found.chain(disk).layers();
                    doomed.add(disk, layers, CheckpointStore.name(checkpoint));
                }
            }
        }
        doomed.run();
    }

    private static Set<String> tracked(CheckpointDefinition checkpoint) {
        return checkpoint.disks().orElse(List.of()).stream()
                .filter(CheckpointDisk::tracked)
                .map(CheckpointDisk::name)
                .collect(Collectors.toSet());
    }
}
