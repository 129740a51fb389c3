package org.virtkeep.qemu.backup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.NodeOptions;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.RemoveBitmap;
import org.virtkeep.qmp.ReopenNodes;
import org.virtkeep.qmp.Transaction;
import org.virtkeep.qmp.TransactionAction;

/// Collects bitmaps of a domain's open images, and removes them all or none. An image that is open
/// read-only, as those below the active one are, and all while the domain is shut off, is opened for
/// writing as long as that takes. Confined to one thread, used once.
final class BitmapRemoval {
    private final DomainSession session;
    private final BlockGraph graph;
    private final List<TransactionAction> removals = new ArrayList<>();
    private final Map<BlockNode, LiveDisk> readOnly = new LinkedHashMap<>();

    BitmapRemoval(DomainSession session, BlockGraph graph) {
        this.session = session;
        this.graph = graph;
    }

    /// Adds those called `name` that there are.
    void add(LiveDisk disk, List<BlockNode> layers, String name) {
        for (BlockNode layer : layers) {
            if (layer.bitmap(name).isPresent()) {
                removals.add(new RemoveBitmap(layer.name(), name));
                if (layer.readOnly()) {
                    readOnly.put(layer, disk);
                }
            }
        }
    }

    boolean isEmpty() {
        return removals.isEmpty();
    }

    /// @throws VirtException OPERATION_UNSUPPORTED if an image cannot be written to, for example because
    ///     another domain uses it too; nothing is removed then
    void run() {
        if (removals.isEmpty()) {
            return;
        }
        var opened = new ArrayList<Map.Entry<BlockNode, LiveDisk>>();
        try {
            for (Map.Entry<BlockNode, LiveDisk> layer : readOnly.entrySet()) {
                openForWriting(layer.getKey(), layer.getValue());
                opened.add(layer);
            }
            session.execute(new Transaction(removals));
        } finally {
            opened.forEach(layer -> closeForWriting(layer.getKey(), layer.getValue()));
        }
    }

    private void openForWriting(BlockNode layer, LiveDisk disk) {
        try {
            session.execute(reopen(layer, disk, false));
        } catch (VirtException e) {
            if (!(e.getCause() instanceof QmpException.Refused)) {
                throw e;
            }
            throw VirtException.qemu(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    ("image '%s' below disk '%s' of domain '%s' holds bitmaps that are to be removed, but cannot be "
                                    + "opened for writing: %s; commit that image first, or forget the checkpoint and "
                                    + "leave its bitmaps (--metadata)")
                            .formatted(layer.filename(), disk.target(), session.name(), e.getMessage()),
                    e.getCause());
        }
    }

    /// That it stays open for writing does no harm, so a failure is only told.
    private void closeForWriting(BlockNode layer, LiveDisk disk) {
        try {
            session.execute(reopen(layer, disk, true));
        } catch (VirtException e) {
            session.notice("image '%s' below disk '%s' of domain '%s' stays open for writing: %s"
                    .formatted(layer.filename(), disk.target(), session.name(), e.getMessage()));
        }
    }

    /// All options, for those that are not given go back to their defaults.
    private ReopenNodes reopen(BlockNode layer, LiveDisk disk, boolean readOnly) {
        NodeOptions options = NodeOptions.of(layer.driver(), layer.name())
                .with("file", graph.child(layer, "file").orElseThrow())
                .with("read-only", readOnly)
                .with("discard", disk.disk().discard().orElse("unmap"));
        options = graph.child(layer, "backing").map(options::withBacking).orElseGet(options::withoutBacking);
        options = graph.child(layer, "data-file").map(options::withDataFile).orElse(options);
        if (disk.disk()
                .cache()
                .filter(cache -> cache.equals("none") || cache.equals("directsync"))
                .isPresent()) {
            options = options.withDirectIo();
        }
        return new ReopenNodes(List.of(options));
    }
}
