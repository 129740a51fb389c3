package org.virtkeep.qemu.block;

import java.util.List;
import org.virtkeep.qmp.BlockNode;

/// The images of one disk, the active layer first.
///
/// @param disk   the disk's target
/// @param layers at least one
public record DiskChain(String disk, List<BlockNode> layers) {
    public DiskChain {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("disk '%s' has no image".formatted(disk));
        }
    }

    /// The image that the guest writes to.
    public BlockNode active() {
        return layers.getFirst();
    }

    /// True if bitmaps on the active layer can be stored in the image.
    public boolean keepsBitmaps() {
        return active().driver().equals("qcow2");
    }

    public boolean hasBackingImage() {
        return layers.size() > 1;
    }
}
