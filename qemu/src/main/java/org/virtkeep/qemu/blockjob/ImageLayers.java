package org.virtkeep.qemu.blockjob;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.CheckpointBitmaps;
import org.virtkeep.qemu.block.CheckpointBitmaps.Health;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.machine.ImageChain;
import org.virtkeep.qemu.machine.ImageLayer;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.snapshot.MergeDisk;
import org.virtkeep.qmp.DirtyBitmap;

/// The images of a running domain's disk, the active one first: what their headers say, and their nodes.
record ImageLayers(String domain, LiveDisk disk, List<ImageLayer> images, DiskChain chain, BlockGraph graph) {
    /// An image by its place: `vda[1]`.
    static final Pattern INDEX = Pattern.compile("(.+)\\[([0-9]{1,6})]");

    static ImageLayers of(DomainSession session, String target) {
        LiveDisk disk = session.disk(target);
        List<ImageLayer> images = ImageChain.of(disk.disk());
        BlockGraph graph = BlockGraph.query(session);
        DiskChain chain = graph.chain(disk);
        if (images.size() != chain.layers().size()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID,
                    "disk '%s' of domain '%s' has %d images open, but the headers of its images name %d; restart the domain"
                            .formatted(target, session.name(), chain.layers().size(), images.size()));
        }
        return new ImageLayers(session.name(), disk, images, chain, graph);
    }

    int size() {
        return images.size();
    }

    DiskSource source(int index) {
        return images.get(index).source();
    }

    String node(int index) {
        return chain.layers().get(index).name();
    }

    /// The place of an image in the chain.
    ///
    /// @param name  its path, also relative to the image above, or `TARGET[PLACE]`
    /// @param above it must be below this place; -1 for anywhere
    /// @throws VirtException INVALID_ARG in libvirt's words
    int find(String name, int above) {
        Matcher index = INDEX.matcher(name);
        if (index.matches()) {
            return place(index.group(1), Integer.parseInt(index.group(2)), above);
        }
        for (int i = above + 1; i < size(); i++) {
            if (isNamed(i, name)) {
                return i;
            }
        }
        String where = above < 0 ? "" : " beneath '%s'".formatted(source(above).describe());
        throw refusal("could not find image '%s'%s in chain for '%s'".formatted(name, where, disk.target()));
    }

    private int place(String target, int place, int above) {
        if (!target.equals(disk.target())) {
            throw refusal("requested target '%s' does not match target '%s'".formatted(target, disk.target()));
        }
        if (place >= size() || place <= above) {
            throw refusal("could not find backing store index '%d' in chain for '%s'".formatted(place, disk.target()));
        }
        return place;
    }

    private boolean isNamed(int index, String name) {
        DiskSource source = source(index);
        if (source.describe().equals(name)) {
            return true;
        }
        if (source instanceof DiskSource.Nbd) {
            return false;
        }
        Path path = Path.of(source.describe());
        Path from = index == 0 ? path : Path.of(source(index - 1).describe());
        return from.resolveSibling(name).normalize().equals(path.normalize());
    }

    /// The images between two places, both excluded.
    List<MergeDisk.Between> between(int above, int below) {
        return IntStream.range(above + 1, below)
                .mapToObj(i -> new MergeDisk.Between(source(i), node(i), graph.storage(node(i))))
                .toList();
    }

    /// The name of an image, as one above it may have it that is in a folder near by.
    String relative(int from, int to) {
        Path folder = Path.of(source(from).describe()).toAbsolutePath().getParent();
        return folder.relativize(Path.of(source(to).describe()).toAbsolutePath())
                .toString();
    }

    /// What can be merged is only what is whole: a checkpoint that misses changes must not look as if it had them.
    ///
    /// @throws VirtException CHECKPOINT_INCONSISTENT naming a bitmap with a gap, or broken below
    ///     the active image
    void requireSoundBitmaps() {
        for (DirtyBitmap bitmap : chain.active().bitmaps()) {
            Optional<String> name = bitmap.name().filter(_ -> !bitmap.inconsistent());
            Health health = name.map(each -> CheckpointBitmaps.find(chain, each).health())
                    .orElse(Health.OK);
            if (health == Health.GAP || health == Health.INCONSISTENT) {
                throw VirtException.qemu(
                        ErrorCode.CHECKPOINT_INCONSISTENT,
                        "bitmap '%s' of disk '%s' of domain '%s' is broken in an image below (%s), and nobody could tell afterwards; remove it first (checkpoint-repair)"
                                .formatted(name.orElseThrow(), disk.target(), domain, health.label()));
            }
        }
    }

    static VirtException refusal(String message) {
        return VirtException.qemu(ErrorCode.INVALID_ARG, message);
    }
}
