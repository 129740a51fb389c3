package org.virtkeep.qemu.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.CommandLine;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.machine.StorageDaemon;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.UndoLog;
import org.virtkeep.qmp.AddNode;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.NodeOptions;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.QuitQemu;
import org.virtkeep.qmp.RemoveNode;
import org.virtkeep.qmp.ReopenNodes;

/// The images of a domain that is shut off, held open by a storage daemon. It is recorded like a
/// QEMU before it is started, lives as long as an operation or a job needs it, and is ended by
/// whoever finds that nobody does. Stateless.
final class ClosedImages {
    private static final Logger LOG = LoggerFactory.getLogger(ClosedImages.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(60);
    private static final Duration QUIT_LIMIT = Duration.ofSeconds(10);

    private ClosedImages() {}

    /// Opens those of the disks that are not open yet. A disk without medium is passed over.
    ///
    /// @throws VirtException RESOURCE_BUSY if another process holds an image; what kept it from
    ///     being opened otherwise. What was opened before stays so.
    static void open(DomainSession session, Collection<String> targets) {
        if (session.holder().isEmpty()) {
            start(session);
        }
        Set<String> known = session.execute(new QueryNamedBlockNodes()).stream()
                .map(BlockNode::name)
                .collect(Collectors.toSet());
        for (DomainDisk disk : session.definition().disks()) {
            if (targets.contains(disk.target()) && disk.source().isPresent() && !known.contains(disk.target())) {
                open(session, disk);
            }
        }
    }

    private static void start(DomainSession session) {
        DomainFolder folder = session.folder();
        CommandLine commandLine = StorageDaemon.commandLine(folder);
        var storage = new DomainRun(
                session.root().nextRunId(),
                false,
                DomainRun.Phase.STARTING,
                Optional.empty(),
                commandLine.monitors(),
                commandLine.devices(),
                Instant.now(),
                "",
                DomainState.SHUTOFF,
                "");
        try (var undo = new UndoLog()) {
            undo.push("forget the storage daemon", folder::deleteStorage);
            folder.create(session.definition().uuid());
            folder.writeStorage(storage, session.definition().document().write());
            QemuProcess.Started started =
                    QemuProcess.start(session.name(), commandLine, folder.log(), Deadline.in(START_LIMIT));
            undo.push("end the storage daemon", () -> QemuProcess.terminate(started.process()));
            DomainRun complete = storage.started(
                    Optional.of(started.process()),
                    started.monitor().greeting().version().toString(),
                    DomainState.SHUTOFF);
            folder.writeStorage(complete);
            session.attachStorage(complete, session.definition(), started.monitor());
            undo.release();
        }
    }

    private static void open(DomainSession session, DomainDisk disk) {
        var added = new ArrayList<String>();
        try {
            for (ObjectNode node : StorageDaemon.nodes(disk)) {
                session.monitor().execute(new AddNode(node), Deadline.in(OPEN_LIMIT));
                added.addFirst(node.path("node-name").asText());
            }
        } catch (QmpException e) {
            VirtException failure = refusal(session, disk, e);
            remove(session, added, failure);
            StorageDaemon.requireUnlocked(disk);
            throw failure;
        }
    }

    private static VirtException refusal(DomainSession session, DomainDisk disk, QmpException failure) {
        if (!(failure instanceof QmpException.Refused refused)) {
            return session.failure(failure);
        }
        return VirtException.qemu(
                ErrorCode.OPERATION_FAILED,
                "image '%s' of disk '%s' of domain '%s' cannot be opened: %s"
                        .formatted(
                                disk.source().map(DiskSource::describe).orElse(""),
                                disk.target(),
                                session.name(),
                                refused.description().replace('\n', ' ')),
                refused);
    }

    private static void remove(DomainSession session, List<String> nodes, VirtException failure) {
        for (String node : nodes) {
            try {
                session.execute(new RemoveNode(node));
            } catch (VirtException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /// Runs something that changes bitmaps in the images. They are open for writing for that time
    /// only: while they are, a storage daemon that is killed makes their bitmaps useless. When this
    /// returns, the images hold the change.
    static void changing(DomainSession session, Runnable change) {
        List<ObjectNode> images = writableImages(session);
        if (images.isEmpty()) {
            change.run();
            return;
        }
        session.execute(reopen(images, false));
        try {
            change.run();
        } catch (VirtException e) {
            try {
                session.execute(reopen(images, true));
            } catch (VirtException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        session.execute(reopen(images, true));
    }

    /// The active layers that can hold bitmaps.
    private static List<ObjectNode> writableImages(DomainSession session) {
        return session.disks().stream()
                .map(LiveDisk::disk)
                .filter(disk -> !disk.readOnly() && !disk.format().equals("raw"))
                .map(disk -> StorageDaemon.nodes(disk).getLast())
                .toList();
    }

    private static ReopenNodes reopen(List<ObjectNode> images, boolean readOnly) {
        return new ReopenNodes(images.stream()
                .map(image -> NodeOptions.copyOf(image).with("read-only", readOnly))
                .toList());
    }

    /// Ends the storage daemon, and forgets it.
    ///
    /// @throws VirtException OPERATION_FAILED if it does not end even when killed
    static void close(DomainSession session) {
        DomainRun storage = session.holder().orElseThrow();
        try {
            session.monitor().execute(new QuitQemu(), Deadline.in(QUIT_LIMIT));
        } catch (QmpException e) {
            LOG.debug("no answer to quit domain={}", session.name(), e); // often lost with the connection
        }
        session.deactivate();
        ProcessIdentity process = storage.process().orElseThrow();
        if (!QemuProcess.awaitEnd(process, Deadline.in(QUIT_LIMIT))) {
            QemuProcess.terminate(process);
        }
        session.folder().deleteStorage();
    }
}
