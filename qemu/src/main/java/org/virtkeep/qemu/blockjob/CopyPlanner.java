package org.virtkeep.qemu.blockjob;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockCopy.Flag;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.snapshot.Images;
import org.virtkeep.qemu.snapshot.MergeDisk;
import org.virtkeep.qemu.state.Durable;

/// Finds out how a disk can be copied, or refuses it, in libvirt's words where it has some. Touches nothing.
final class CopyPlanner {
    private static final Set<String> FORMATS = Set.of("qcow2", "raw");

    private final DomainSession session;
    private final ImageLayers layers;
    private final BlockCopy asked;
    private final String target;
    private final String format;
    private final boolean shallow;

    CopyPlanner(DomainSession session, String target, BlockCopy asked) {
        this.session = session;
        this.layers = ImageLayers.of(session, target);
        this.asked = asked;
        this.target = target;
        this.format = asked.format().orElse(layers.images().getFirst().format());
        this.shallow = asked.flags().contains(Flag.SHALLOW) && layers.size() > 1;
    }

    BlockJobRecord plan() {
        requireUsable();
        layers.requireSoundBitmaps();
        boolean exists = Files.exists(path());
        boolean reused = asked.flags().contains(Flag.REUSE_EXTERNAL);
        var copy = new Copy(
                shallow,
                reused,
                !exists,
                layers.disk().virtualSizeBytes(),
                shallow ? layers.images().get(1).format() : "",
                shallow ? layers.node(1) : "",
                asked.granularityBytes(),
                asked.bufferBytes(),
                asked.flags().contains(Flag.SYNCHRONOUS_WRITES));
        String backing = shallow ? layers.source(1).describe() : "";
        return new BlockJobRecord(
                BlockJobType.COPY,
                session.run().orElseThrow().id(),
                disk(),
                layers.source(0).describe(),
                new BlockJobRecord.Asked(backing, asked.bytesPerSecond(), false, Optional.of(copy)),
                BlockJobRecord.Phase.BEGINNING);
    }

    private MergeDisk disk() {
        return new MergeDisk(
                target,
                true,
                layers.source(0),
                layers.node(0),
                layers.graph().storage(layers.node(0)),
                shallow ? List.of() : layers.between(0, layers.size()),
                asked.destination(),
                freeNode(),
                format,
                MergeDisk.State.COMMITTING);
    }

    private Path path() {
        return Path.of(asked.destination().describe());
    }

    /// A name for the copy's node that no other node has.
    private String freeNode() {
        int number = 1;
        while (layers.graph().node(target + "-c" + number).isPresent()
                || layers.graph().node(target + "-c" + number + "-f").isPresent()) {
            number++;
        }
        return target + "-c" + number;
    }

    private void requireUsable() {
        if (layers.source(0) instanceof DiskSource.Nbd || asked.destination() instanceof DiskSource.Nbd) {
            throw unsupported("disk '%s' can only be copied from and to a file or a block device".formatted(target));
        }
        if (!FORMATS.contains(format)) {
            throw unsupported("disk '%s' cannot be copied into format '%s'; qcow2 and raw can be written"
                    .formatted(target, format));
        }
        if (shallow && format.equals("raw")) {
            throw ImageLayers.refusal("shallow copy of disk '%s' into a raw file is not possible".formatted(target));
        }
        requireDestination(asked.flags().contains(Flag.REUSE_EXTERNAL));
    }

    private void requireDestination(boolean reused) {
        boolean block = asked.destination() instanceof DiskSource.Block;
        boolean exists = Files.exists(path());
        if (!exists && (reused || block)) {
            throw VirtException.qemu(
                    ErrorCode.SYSTEM_ERROR,
                    "missing destination file for disk %s: %s: No such file or directory".formatted(target, path()));
        }
        boolean regular = Files.isRegularFile(path());
        if (block && regular) {
            throw ImageLayers.refusal("blockdev flag requested for disk %s, but file '%s' is not a block device"
                    .formatted(target, path()));
        }
        if (!exists && (path().getParent() == null || !Files.isDirectory(path().getParent()))) {
            throw VirtException.qemu(
                    ErrorCode.SYSTEM_ERROR,
                    "directory '%s' for the copy of disk '%s' does not exist; create it first"
                            .formatted(path().getParent(), target));
        }
        if (regular && !reused && size() > 0) {
            throw unsupported("external destination file for disk %s already exists and is not a block device: %s"
                    .formatted(target, path()));
        }
        if (reused && !format.equals("raw")) {
            requireSameBacking();
        }
    }

    /// The next start of the domain goes by the image's header.
    private void requireSameBacking() {
        String named = Images.info(path()).path("full-backing-filename").asText();
        String wanted = shallow ? layers.source(1).describe() : "";
        if (!named.equals(wanted)) {
            throw unsupported("'%s' rests on '%s', but a copy of disk '%s' has to rest on '%s'"
                    .formatted(path(), named, target, wanted));
        }
    }

    private long size() {
        try {
            return Files.size(path());
        } catch (IOException e) {
            throw Durable.failure("look at", path(), e);
        }
    }

    private static VirtException unsupported(String message) {
        return VirtException.qemu(ErrorCode.CONFIG_UNSUPPORTED, message);
    }
}
