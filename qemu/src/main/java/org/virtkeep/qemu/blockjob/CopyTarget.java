package org.virtkeep.qemu.blockjob;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.NewImage;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qmp.AddNode;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.ImageOptions;
import org.virtkeep.qmp.NodeOptions;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.RemoveNode;

/// The image that a disk is copied to: how it is made and opened, and how it is closed. Closing may be repeated.
/// Confined to one thread.
final class CopyTarget {
    private final DomainSession session;
    private final BlockJobRecord job;
    private final Copy copy;
    private final Path path;
    private final String node;
    private final boolean raw;

    CopyTarget(DomainSession session, BlockJobRecord job) {
        this.session = session;
        this.job = job;
        this.copy = job.asked().copy().orElseThrow();
        this.path = Path.of(job.disk().base().describe());
        this.node = job.disk().baseNode();
        this.raw = job.disk().baseFormat().equals("raw");
    }

    private String fileNode() {
        return node + "-f";
    }

    /// Makes the image, unless it is there, and opens it.
    ///
    /// @throws VirtException what went wrong; some of the nodes may be open then
    void open() {
        boolean file = job.disk().base() instanceof DiskSource.File;
        if (copy.made()) {
            NewImage.reserve(session, path);
        }
        if (raw && file && !copy.reused()) {
            resize();
        }
        NodeOptions storage = file ? NodeOptions.file(fileNode(), path) : NodeOptions.hostDevice(fileNode(), path);
        session.execute(new AddNode(storage.withAutoReadOnly().withDiscardUnmap()));
        if (!raw && !copy.reused()) {
            format();
        }
        session.execute(new AddNode(image()));
        requireSameSize();
    }

    private void resize() {
        try {
            session.root().durable().setLength(path, copy.sizeBytes());
        } catch (IOException e) {
            throw Durable.failure("write", path, e);
        }
    }

    private void format() {
        ImageOptions options = ImageOptions.qcow2(fileNode(), copy.sizeBytes());
        NewImage.format(
                session,
                node + "-n",
                copy.shallow() ? options.withBackingFile(job.asked().backingFile(), copy.backingFormat()) : options,
                "copy '%s' of disk '%s'".formatted(path, job.target()));
    }

    private NodeOptions image() {
        if (raw) {
            return NodeOptions.raw(node, fileNode()).withDiscardUnmap();
        }
        NodeOptions image = NodeOptions.qcow2(node, fileNode()).withDiscardUnmap();
        return copy.shallow() ? image.withBacking(copy.backingNode()) : image.withoutBacking();
    }

    private void requireSameSize() {
        Optional<BlockNode> image = BlockGraph.query(session).node(node);
        long size = image.map(found -> found.image().virtualSizeBytes()).orElse(0L);
        if (size < copy.sizeBytes() || !raw && size != copy.sizeBytes()) {
            throw VirtException.qemu(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "'%s' has %d bytes, but disk '%s' has %d; a copy must have the same size"
                            .formatted(path, size, job.target(), copy.sizeBytes()));
        }
    }

    /// Closes what [#open] opened, as far as it came.
    void close() {
        List<String> open = session.execute(new QueryNamedBlockNodes()).stream()
                .map(BlockNode::name)
                .toList();
        List.of(node, fileNode()).stream()
                .filter(open::contains)
                .forEach(each -> session.execute(new RemoveNode(each)));
    }

    /// Deletes the file, if it was made for the job.
    void delete() {
        if (copy.made()) {
            try {
                session.root().durable().delete(path);
            } catch (IOException e) {
                throw Durable.failure("delete", path, e);
            }
        }
    }
}
