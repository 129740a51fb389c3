package org.virtkeep.qemu.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.NewImage;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qmp.AddNode;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.DismissJob;
import org.virtkeep.qmp.ImageOptions;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.JobStatus;
import org.virtkeep.qmp.NodeOptions;
import org.virtkeep.qmp.QueryJobs;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.RemoveNode;

/// Files and nodes of overlays that are not yet in use: how they are made, and how they are removed. Removing
/// may be repeated. Confined to one thread.
final class OverlayNodes {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final DomainSession session;

    OverlayNodes(DomainSession session) {
        this.session = session;
    }

    void reserve(Overlay overlay) {
        if (overlay.isMade()) {
            NewImage.reserve(session, overlay.path());
        }
    }

    /// Makes the names of the overlays' files last: what the guest writes there from the instant on counts on
    /// them.
    void forceName(Overlay overlay) {
        try {
            session.root().durable().forceName(overlay.path());
        } catch (IOException e) {
            throw Durable.failure("write the directory of", overlay.path(), e);
        }
    }

    /// Opens an overlay without the image below, and formats it first unless the caller provides it.
    void open(Overlay overlay) {
        NodeOptions file = overlay.image() instanceof DiskSource.Block
                ? NodeOptions.hostDevice(overlay.fileNode(), overlay.path())
                : NodeOptions.file(overlay.fileNode(), overlay.path());
        session.execute(new AddNode(file.withAutoReadOnly().withDiscardUnmap()));
        if (!overlay.reused()) {
            NewImage.format(
                    session,
                    overlay.createJob(),
                    ImageOptions.qcow2(overlay.fileNode(), overlay.size())
                            .withBackingFile(overlay.base().describe(), overlay.baseFormat()),
                    "overlay '%s' of disk '%s'".formatted(overlay.path(), overlay.target()));
        }
        session.execute(new AddNode(NodeOptions.qcow2(overlay.node(), overlay.fileNode())
                .withoutBacking()
                .withDiscardUnmap()));
    }

    /// Closes what [#open] opened, as far as it came.
    void close(Overlay overlay) {
        endJob(overlay.createJob());
        List<String> nodes = session.execute(new QueryNamedBlockNodes()).stream()
                .map(BlockNode::name)
                .toList();
        for (String node : List.of(overlay.node(), overlay.fileNode())) {
            if (nodes.contains(node)) {
                session.execute(new RemoveNode(node));
            }
        }
    }

    private void endJob(String id) {
        var deadline = Deadline.in(LIMIT);
        for (Optional<JobInfo> job = job(id); job.isPresent(); job = job(id)) {
            if (job.get().status() == JobStatus.CONCLUDED) {
                session.execute(new DismissJob(id));
            } else if (deadline.hasPassed()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_TIMEOUT,
                        "domain '%s': job '%s' did not end within %d s; is its storage slow or gone?"
                                .formatted(session.name(), id, LIMIT.toSeconds()));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private Optional<JobInfo> job(String id) {
        return session.execute(new QueryJobs()).stream()
                .filter(job -> job.id().equals(id))
                .findFirst();
    }

    /// Deletes an overlay's file, if it is ours.
    ///
    /// @param made false if it is only known to be ours when it is empty
    void delete(Overlay overlay, boolean made) {
        Path file = overlay.path();
        try {
            if (overlay.isMade() && (made || Files.exists(file) && Files.size(file) == 0)) {
                session.root().durable().delete(file);
            }
        } catch (IOException e) {
            throw Durable.failure("delete", file, e);
        }
    }
}
