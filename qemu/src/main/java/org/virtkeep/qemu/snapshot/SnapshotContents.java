package org.virtkeep.qemu.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.qemu.machine.ImageChain;
import org.virtkeep.qemu.session.DomainSession;

/// What becomes of a domain's snapshots when a block job changes the images that hold their content. As with libvirt,
/// they are not asked: their records stay, and say from then on what they are worth. Stateless.
public final class SnapshotContents {
    private SnapshotContents() {}

    /// @throws org.virtkeep.model.VirtException OPERATION_INVALID naming the change of snapshots in work
    public static void requireNoChange(DomainSession session) {
        SnapshotStore.of(session).requireNoChange();
    }

    /// Images are about to be merged: who was in one of those that are written to, or was between, cannot be gone
    /// back to any more.
    public static void spoil(DomainSession session, MergeDisk disk) {
        List<DiskSource> spoiled = Stream.concat(
                        disk.between().stream().map(MergeDisk.Between::source), Stream.of(disk.base()))
                .toList();
        change(
                session,
                snapshot -> holds(snapshot, disk, spoiled)
                        ? Memory.of(snapshot).withCommit().keptIn(snapshot)
                        : snapshot);
    }

    private static boolean holds(SnapshotDefinition snapshot, MergeDisk disk, List<DiskSource> images) {
        Optional<DiskSource> content = RecordedDisks.source(snapshot, disk.target());
        return content.filter(it -> images.stream().anyMatch(image -> DeletionPlanner.isSame(image, it)))
                .isPresent();
    }

    /// Images below the active one have been merged: who was in the topmost of them is in the base.
    public static void moved(DomainSession session, MergeDisk disk) {
        change(
                session,
                snapshot -> RecordedDisks.moved(snapshot, disk.target(), disk.top(), disk.base(), disk.baseFormat()));
    }

    private static void change(DomainSession session, UnaryOperator<SnapshotDefinition> change) {
        SnapshotStore store = SnapshotStore.of(session);
        for (SnapshotDefinition snapshot : store.all()) {
            SnapshotDefinition changed = change.apply(snapshot);
            if (!changed.equals(snapshot)) {
                store.save(changed);
            }
        }
    }

    /// True if the overlay is still in the disk's chain, as the images' headers tell.
    public static boolean isInChain(DomainSession session, MergeDisk disk) {
        return session.definition().disk(disk.target()).stream()
                .flatMap(domainDisk -> ImageChain.of(domainDisk).stream())
                .anyMatch(layer -> DeletionPlanner.isSame(layer.source(), disk.top()));
    }
}
