package org.virtkeep.qemu.backup;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.CheckpointBitmaps;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qmp.AddBitmap;
import org.virtkeep.qmp.DirtyBitmap;
import org.virtkeep.qmp.MergeBitmaps;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.RemoveBitmap;

/// How much has changed since a checkpoint. Confined to one thread.
final class CheckpointSizes {
    private final DomainSession session;
    private final Map<String, LiveDisk> disks;
    private final BlockGraph graph;

    CheckpointSizes(DomainSession session) {
        this.session = session;
        this.disks = session.disks().stream().collect(Collectors.toMap(LiveDisk::target, Function.identity()));
        this.graph = BlockGraph.query(session);
    }

    /// The checkpoint with the sizes of those disks whose bitmaps can be relied on.
    CheckpointDefinition measure(CheckpointDefinition checkpoint) {
        String name = CheckpointStore.name(checkpoint);
        return new CheckpointDefinition(
                checkpoint.name(),
                checkpoint.description(),
                checkpoint.creationTime(),
                checkpoint.parent(),
                checkpoint
                        .disks()
                        .map(list ->
                                list.stream().map(disk -> measure(disk, name)).toList()),
                checkpoint.domain());
    }

    private CheckpointDisk measure(CheckpointDisk disk, String checkpoint) {
        if (!disk.tracked() || !disks.containsKey(disk.name())) {
            return disk;
        }
        var bitmaps = CheckpointBitmaps.find(graph.chain(disks.get(disk.name())), checkpoint);
        return bitmaps.health() == CheckpointBitmaps.Health.OK
                ? new CheckpointDisk(disk.name(), true, disk.bitmap(), OptionalLong.of(dirtyBytes(bitmaps)))
                : disk;
    }

    private long dirtyBytes(CheckpointBitmaps bitmaps) {
        var top = bitmaps.layers().getFirst();
        return bitmaps.layers().size() == 1 ? count(top.nodeName(), top.bitmap()) : countMerged(bitmaps);
    }

    /// The union over the layers, in a bitmap that lives for a moment. One that a crash has left is removed
    /// first.
    private long countMerged(CheckpointBitmaps bitmaps) {
        String node = bitmaps.layers().getFirst().nodeName();
        String union = JobNames.rootPrefix(session.root().tag()) + "size";
        if (graph.node(node).flatMap(active -> active.bitmap(union)).isPresent()) {
            session.execute(new RemoveBitmap(node, union));
        }
        session.execute(AddBitmap.disabled(node, union).withGranularity(bitmaps.granularityBytes()));
        try {
            session.execute(new MergeBitmaps(node, union, List.copyOf(bitmaps.layers())));
            return count(node, union);
        } finally {
            session.execute(new RemoveBitmap(node, union));
        }
    }

    private long count(String node, String bitmap) {
        return session.execute(new QueryNamedBlockNodes()).stream()
                .filter(candidate -> candidate.name().equals(node))
                .flatMap(candidate -> candidate.bitmap(bitmap).stream())
                .mapToLong(DirtyBitmap::dirtyBytes)
                .findFirst()
                .orElse(0);
    }
}
