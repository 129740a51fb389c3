package org.virtkeep.qemu.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.RemoveBitmap;
import org.virtkeep.qmp.Transaction;
import org.virtkeep.qmp.TransactionAction;

/// Removes a checkpoint: bitmaps first, then the children's link to it, then its record. Every step may be
/// repeated, so a removal that was interrupted is finished by removing again. Confined to one thread.
final class CheckpointRemoval {
    private final DomainSession session;
    private final CheckpointStore store;

    CheckpointRemoval(DomainSession session) {
        this.session = session;
        this.store = new CheckpointStore(session.folder(), session.root().durable());
    }

    /// @param metadataOnly leave the bitmaps in the images; otherwise its disks must be open
    void remove(CheckpointDefinition checkpoint, boolean metadataOnly) {
        if (!metadataOnly) {
            removeBitmaps(CheckpointStore.name(checkpoint), disksOf(checkpoint), DiskChain::layers);
        }
        adoptChildren(checkpoint);
        store.delete(CheckpointStore.name(checkpoint));
    }

    /// Undoes the creation of a checkpoint that did not come about. The name was free in the active layers
    /// before, so whatever bears it there is ours; what is below them is not.
    void undoCreation(String name) {
        if (session.hasImages()) {
            removeBitmaps(name, session.disks(), chain -> List.of(chain.active()));
        }
        store.delete(name);
    }

    private List<LiveDisk> disksOf(CheckpointDefinition checkpoint) {
        List<String> tracked = checkpoint.disks().orElse(List.of()).stream()
                .filter(CheckpointDisk::tracked)
                .map(CheckpointDisk::name)
                .toList();
        return session.disks().stream()
                .filter(disk -> tracked.contains(disk.target()))
                .toList();
    }

    /// A bitmap that is missing already is no error: that is what was wanted.
    private void removeBitmaps(String name, List<LiveDisk> disks, Function<DiskChain, List<BlockNode>> where) {
        session.changeImages(() -> removeNow(name, disks, where));
    }

    private void removeNow(String name, List<LiveDisk> disks, Function<DiskChain, List<BlockNode>> where) {
        BlockGraph graph = BlockGraph.query(session);
        var removals = new ArrayList<TransactionAction>();
        for (LiveDisk disk : disks) {
            for (BlockNode layer : where.apply(graph.chain(disk))) {
                if (layer.bitmap(name).isPresent()) {
                    requireWritable(disk, layer, name);
                    removals.add(new RemoveBitmap(layer.name(), name));
                }
            }
        }
        if (!removals.isEmpty()) {
            session.execute(new Transaction(removals));
        }
    }

    private void requireWritable(LiveDisk disk, BlockNode layer, String name) {
        if (layer.readOnly()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    ("checkpoint '%s' of domain '%s' has a bitmap in '%s', an image below disk '%s' that is open "
                                    + "read-only; commit that image first, or forget the checkpoint and leave its "
                                    + "bitmaps (--metadata)")
                            .formatted(name, session.name(), layer.filename(), disk.target()));
        }
    }

    private void adoptChildren(CheckpointDefinition gone) {
        Optional<String> name = gone.name();
        store.all().stream()
                .filter(checkpoint -> checkpoint.parent().equals(name))
                .map(child -> new CheckpointDefinition(
                        child.name(),
                        child.description(),
                        child.creationTime(),
                        gone.parent(),
                        child.disks(),
                        child.domain()))
                .forEach(store::save);
    }
}
