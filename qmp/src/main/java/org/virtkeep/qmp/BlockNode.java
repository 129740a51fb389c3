package org.virtkeep.qmp;

import java.util.List;
import java.util.Optional;

/// One node of the block graph (`BlockDeviceInfo`).
///
/// @param name the node's name; QEMU makes one up if it was not given
/// @param driver such as `qcow2`, `raw`, `file`, `copy-before-write`
/// @param filename what the node stands for, in QEMU's words: a path, a URL or `json:{…}`
/// @param bitmaps the node's dirty bitmaps
/// @param children what the node stands on; empty if QEMU does not tell (before 10.1)
public record BlockNode(
        String name,
        String driver,
        boolean readOnly,
        String filename,
        ImageInfo image,
        List<DirtyBitmap> bitmaps,
        Optional<List<Child>> children) {

    public BlockNode {
        bitmaps = List.copyOf(bitmaps);
        children = children.map(List::copyOf);
    }

    /// The bitmap with this name.
    public Optional<DirtyBitmap> bitmap(String bitmapName) {
        return bitmaps.stream()
                .filter(bitmap -> bitmap.name().equals(Optional.of(bitmapName)))
                .findFirst();
    }

    /// One node that another one stands on (`BlockdevChild`, since 10.1).
    ///
    /// @param role such as `file` or `backing`
    public record Child(String role, String nodeName) {

        private static Child from(JsonObject child) throws QmpException.Protocol {
            return new Child(child.text("child"), child.text("node-name"));
        }
    }

    static BlockNode from(JsonObject node) throws QmpException.Protocol {
        return new BlockNode(
                node.text("node-name"),
                node.text("drv"),
                node.flag("ro"),
                node.text("file"),
                ImageInfo.from(node.object("image")),
                node.list("dirty-bitmaps", DirtyBitmap::from),
                node.has("children") ? Optional.of(node.list("children", Child::from)) : Optional.empty());
    }
}
