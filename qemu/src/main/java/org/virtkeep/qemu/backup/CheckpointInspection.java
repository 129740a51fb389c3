package org.virtkeep.qemu.backup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointHealth.State;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.CheckpointBitmaps;
import org.virtkeep.qemu.block.ClosedImages;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.DirtyBitmap;

/// What a domain's images hold of checkpoints, at one moment: as its QEMU tells, or if it is shut off, as they
/// were left. Immutable.
final class CheckpointInspection {
    private final String ownPrefix;
    private final Map<String, Look> disks;

    /// What came of looking at a disk's images.
    private sealed interface Look {
        record Seen(DiskChain chain) implements Look {}

        record Unreadable(String why) implements Look {}
    }

    private CheckpointInspection(String ownPrefix, Map<String, Look> disks) {
        this.ownPrefix = ownPrefix;
        this.disks = disks;
    }

    /// Looks at all disks that have a medium.
    static CheckpointInspection of(DomainSession session) {
        Map<String, Look> disks = new LinkedHashMap<>();
        if (session.isActive()) {
            BlockGraph graph = BlockGraph.query(session);
            for (LiveDisk disk : session.disks()) {
                disks.put(disk.target(), new Look.Seen(graph.chain(disk)));
            }
        } else {
            for (DomainDisk disk : session.definition().disks()) {
                if (disk.source().isPresent()) {
                    disks.put(disk.target(), look(() -> ClosedImages.chain(disk)));
                }
            }
        }
        return new CheckpointInspection(JobNames.rootPrefix(session.root().tag()), disks);
    }

    /// An image that cannot be read must not spoil what is known of the others.
    private static Look look(Supplier<DiskChain> images) {
        try {
            return new Look.Seen(images.get());
        } catch (VirtException e) {
            return new Look.Unreadable(e.getMessage());
        }
    }

    /// How a known checkpoint is.
    CheckpointHealth of(CheckpointDefinition checkpoint) {
        String name = CheckpointStore.name(checkpoint);
        return new CheckpointHealth(
                name,
                true,
                checkpoint.disks().orElse(List.of()).stream()
                        .filter(CheckpointDisk::tracked)
                        .map(disk -> disk(disk.name(), name))
                        .toList());
    }

    /// Bitmaps that would outlive QEMU, and that belong neither to a known checkpoint nor to a job of ours.
    ///
    /// @param known names of checkpoints
    List<CheckpointHealth> unknown(Set<String> known) {
        Map<String, List<CheckpointHealth.Disk>> found = new LinkedHashMap<>();
        disks.forEach((target, look) -> {
            for (String name : persistent(look)) {
                if (!known.contains(name) && !name.startsWith(ownPrefix)) {
                    found.computeIfAbsent(name, _ -> new ArrayList<>()).add(disk(target, name));
                }
            }
        });
        return found.entrySet().stream()
                .map(entry -> new CheckpointHealth(entry.getKey(), false, entry.getValue()))
                .toList();
    }

    private static Set<String> persistent(Look look) {
        var names = new TreeSet<String>();
        if (look instanceof Look.Seen(var chain)) {
            chain.layers().stream()
                    .flatMap(layer -> layer.bitmaps().stream())
                    .filter(DirtyBitmap::persistent)
                    .forEach(bitmap -> bitmap.name().ifPresent(names::add));
        }
        return names;
    }

    private CheckpointHealth.Disk disk(String target, String name) {
        return switch (disks.get(target)) {
            case null ->
                new CheckpointHealth.Disk(
                        target, State.MISSING, Optional.of("the domain has no such disk, or no medium in it"));
            case Look.Unreadable(String why) -> new CheckpointHealth.Disk(target, State.UNKNOWN, Optional.of(why));
            case Look.Seen(DiskChain chain) -> {
                State state = state(chain, name);
                yield new CheckpointHealth.Disk(target, state, detail(state, chain, name));
            }
        };
    }

    /// Whatever a backup would refuse is not ok.
    private static State state(DiskChain chain, String name) {
        return switch (CheckpointBitmaps.find(chain, name).health()) {
            case OK -> Bases.resized(chain, name).isEmpty() ? State.OK : State.RESIZED;
            case MISSING -> State.MISSING;
            case INCONSISTENT -> State.INCONSISTENT;
            case NOT_RECORDING -> State.NOT_RECORDING;
            case GAP -> State.GAP;
        };
    }

    private static Optional<String> detail(State state, DiskChain chain, String name) {
        return switch (state) {
            case OK ->
                CheckpointBitmaps.find(chain, name).stored()
                        ? Optional.empty()
                        : Optional.of("until QEMU ends, because %s".formatted(unstorable(chain)));
            case UNKNOWN -> Optional.empty();
            case MISSING -> Optional.of(missing(chain, name));
            case INCONSISTENT ->
                Optional.of("a QEMU ended without closing image '%s'".formatted(inconsistent(chain, name)));
            case NOT_RECORDING ->
                Optional.of(
                        "it was stopped in image '%s'".formatted(chain.active().filename()));
            case RESIZED -> Bases.resized(chain, name).map(why -> "it is " + why);
            case GAP ->
                Optional.of("an image between '%s' and '%s' has none"
                        .formatted(chain.active().filename(), deepest(chain, name)));
        };
    }

    private static String unstorable(DiskChain chain) {
        return "format '%s' cannot hold bitmaps".formatted(chain.active().driver());
    }

    private static String missing(DiskChain chain, String name) {
        if (!chain.keepsBitmaps()) {
            return unstorable(chain) + ", and the QEMU that had it in memory has ended";
        }
        return holders(chain, name).isEmpty()
                ? "no image of the disk has it"
                : "image '%s' has it, but not '%s' above"
                        .formatted(deepest(chain, name), chain.active().filename());
    }

    private static String inconsistent(DiskChain chain, String name) {
        return holders(chain, name).stream()
                .filter(layer ->
                        layer.bitmap(name).filter(DirtyBitmap::inconsistent).isPresent())
                .map(BlockNode::filename)
                .findFirst()
                .orElse(chain.active().filename());
    }

    private static String deepest(DiskChain chain, String name) {
        return holders(chain, name).getLast().filename();
    }

    private static List<BlockNode> holders(DiskChain chain, String name) {
        return chain.layers().stream()
                .filter(layer -> layer.bitmap(name).isPresent())
                .toList();
    }

    /// The images of a disk that hold a bitmap of that name, topmost first; none if the disk cannot be looked at.
    List<BlockNode> images(String target, String name) {
        return disks.get(target) instanceof Look.Seen(var chain) ? holders(chain, name) : List.of();
    }
}
