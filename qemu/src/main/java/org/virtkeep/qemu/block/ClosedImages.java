package org.virtkeep.qemu.block;

import java.util.List;
import java.util.Optional;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.qemu.machine.ImageBitmaps;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.DirtyBitmap;
import org.virtkeep.qmp.ImageInfo;

/// The images of a domain that is shut off, seen as its QEMU would show them. How much is dirty is not known.
/// Stateless.
public final class ClosedImages {
    private ClosedImages() {}

    /// The images of a disk with a medium, the active one first; nodes are called like the images' files.
    ///
    /// @throws org.virtkeep.model.VirtException SYSTEM_ERROR (storage) if they cannot be read; RESOURCE_BUSY if
    ///     another program has them open
    public static DiskChain chain(DomainDisk disk) {
        return new DiskChain(
                disk.target(),
                ImageBitmaps.of(disk).stream().map(ClosedImages::node).toList());
    }

    private static BlockNode node(ImageBitmaps image) {
        List<DirtyBitmap> bitmaps =
                image.bitmaps().stream().map(ClosedImages::bitmap).toList();
        var info = new ImageInfo(
                image.filename(),
                image.format(),
                image.virtualSizeBytes(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
        return new BlockNode(image.filename(), image.format(), true, image.filename(), info, bitmaps, Optional.empty());
    }

    private static DirtyBitmap bitmap(ImageBitmaps.Bitmap bitmap) {
        return new DirtyBitmap(
                Optional.of(bitmap.name()),
                0,
                bitmap.granularityBytes(),
                bitmap.recording(),
                true,
                false,
                bitmap.inUse());
    }
}
