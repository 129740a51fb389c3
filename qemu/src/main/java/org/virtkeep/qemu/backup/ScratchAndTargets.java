package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.StorageKind;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.NewImage;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.AddNbdExport;
import org.virtkeep.qmp.AddNode;
import org.virtkeep.qmp.BitmapReference;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.ImageOptions;
import org.virtkeep.qmp.NodeOptions;
import org.virtkeep.qmp.QmpAction;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.StartBackup;
import org.virtkeep.qmp.StartNbdServer;

/// The images that a job writes, and the views and exports that it reads through: how they are made. How they
/// are removed is known to [JobResources]. Confined to one thread.
final class ScratchAndTargets {

    private static final Duration EXPORT_LIMIT = Duration.ofSeconds(30);

    private final DomainSession session;
    private final JobNames names;

    ScratchAndTargets(DomainSession session, JobNames names) {
        this.session = session;
        this.names = names;
    }

    /// Makes the disk's files if there is none that the caller provides: targets empty, scratch as images that
    /// say whose they are ([JobFiles]).
    ///
    /// @throws VirtException INVALID_ARG if one exists after all; SYSTEM_ERROR if it cannot be made
    void reserve(DiskRecord disk, boolean push) {
        if (push && !disk.reused()) {
            NewImage.reserve(session, Path.of(disk.path()));
        }
        newScratch(disk, push)
                .ifPresent(
                        scratch -> NewImage.reserveFormatted(session, Path.of(scratch), disk.size(), names.prefix()));
    }

    private static Optional<String> newScratch(DiskRecord disk, boolean push) {
        return disk.scratchPath(push).filter(_ -> push || !disk.reused());
    }

    /// Opens the disks' target or scratch images as nodes. Targets are formatted if they are new; scratch always
    /// is, because what it holds is taken for saved content of the disk.
    ///
    /// @return what is left to be executed for it, with what follows
    List<QmpAction> open(List<DiskRecord> disks, boolean push) throws IOException {
        if (push) {
            for (DiskRecord disk : disks) {
                openImage(disk, names.target(disk.index()), names.targetFile(disk.index()), Path.of(disk.path()));
            }
        }
        return openScratch(disks, push);
    }

    /// What is in scratch is of no use without its QEMU, so that nobody, neither the begin and the end of the job
    /// nor the guest in QEMU's main loop, waits for it to be forced to the disk.
    private List<QmpAction> openScratch(List<DiskRecord> disks, boolean push) {
        var commands = new ArrayList<QmpAction>();
        for (DiskRecord disk : disks) {
            if (disk.usesScratch(push)) {
                Path path = Path.of(disk.scratchPath(push).orElseThrow());
                String file = names.scratchFile(disk.index());
                var storage = new AddNode(storage(disk, file, path).withoutFlush());
                if (newScratch(disk, push).isPresent()) {
                    commands.add(storage);
                } else {
                    session.execute(storage);
                    format(disk, file, path);
                }
                commands.add(new AddNode(
                        NodeOptions.qcow2(names.scratch(disk.index()), file).withoutBacking()));
            }
        }
        return commands;
    }

    private void openImage(DiskRecord disk, String node, String file, Path path) throws IOException {
        boolean asItIs = disk.reused() && disk.kind() == StorageKind.FILE || reusesDevice(disk);
        if (disk.format().equals("raw") && !asItIs && disk.kind() == StorageKind.FILE) {
            session.root().durable().setLength(path, disk.size());
        }
        session.execute(new AddNode(storage(disk, file, path)));
        if (!disk.format().equals("raw") && !asItIs) {
            requireFormattable(disk);
            format(disk, file, path);
        }
        NodeOptions image =
                NodeOptions.of(disk.format(), node).with("file", file).withDiscardUnmap();
        if (disk.format().equals("qcow2")) {
            image = image.withoutBacking().withDetectZeroesUnmap();
        }
        session.execute(new AddNode(image));
        requireSameSize(disk, node);
    }

    /// A raw device is written as it is; one with a format is formatted.
    private static boolean reusesDevice(DiskRecord disk) {
        return disk.kind() == StorageKind.BLOCK && disk.format().equals("raw");
    }

    private static NodeOptions storage(DiskRecord disk, String node, Path path) {
        return disk.kind() == StorageKind.BLOCK && path.toString().equals(disk.path())
                ? NodeOptions.hostDevice(node, path).withDiscardUnmap()
                : NodeOptions.file(node, path).withDiscardUnmap();
    }

    private static void requireFormattable(DiskRecord disk) {
        if (!disk.format().equals("qcow2")) {
            throw VirtException.qemu(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "disk '%s': a backup to a new image of format '%s' is not supported; use qcow2 or raw, or create the "
                                    .formatted(disk.name(), disk.format())
                            + "image and say that it may be overwritten");
        }
    }

    /// Makes a qcow2 image with the disk's size of the file at `path`.
    private void format(DiskRecord disk, String fileNode, Path path) {
        NewImage.format(
                session,
                names.createJob(disk.index()),
                ImageOptions.qcow2(fileNode, disk.size()),
                "disk '%s', file '%s'".formatted(disk.name(), path));
    }

    private void requireSameSize(DiskRecord disk, String node) {
        long found = session.execute(new QueryNamedBlockNodes()).stream()
                .filter(candidate -> candidate.name().equals(node))
                .map(BlockNode::image)
                .findFirst()
                .orElseThrow()
                .virtualSizeBytes();
        if (found != disk.size()) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG,
                    "target '%s' has a virtual size of %d bytes, and disk '%s' has %d; they must be equal"
                            .formatted(disk.path(), found, disk.name(), disk.size()));
        }
    }

    /// Where QEMU can, lets a failing scratch image break the backup instead of the guest's write.
    StartBackup guarded(StartBackup start) {
        return session.schema().hasArgument("blockdev-backup", "on-cbw-error")
                ? start.withOnCbwError(StartBackup.OnCbwError.BREAK_SNAPSHOT)
                : start;
    }

    /// Adds the nodes through which disks are read as they were at the instant, each named [JobNames#frozen].
    void addFrozenViews(Stream<DiskRecord> disks) {
        session.executeAll(disks.map(this::frozenView).toList());
    }

    private AddNode frozenView(DiskRecord disk) {
        return new AddNode(NodeOptions.snapshotAccess(names.frozen(disk.index()), names.filter(disk.index())));
    }

    /// What adds the frozen views, and exports them on QEMU's private server, which is started if it does not
    /// run; and beside each, what it takes to know what was zero at the instant. For [#execute].
    List<QmpAction> exports(List<DiskRecord> disks) {
        var commands = new ArrayList<QmpAction>();
        disks.stream()
                .filter(disk -> disk.usesScratch(false))
                .map(this::frozenView)
                .forEach(commands::add);
        commands.add(new StartNbdServer(NbdServer.socket(session.folder()), 0));
        disks.stream().flatMap(this::exports).forEach(commands::add);
        return commands;
    }

    /// Executes commands that go together, with [#exports] among them.
    ///
    /// @throws VirtException of the first that failed; those behind it may have been executed
    void execute(List<QmpAction> commands) {
        send(commands).await();
    }

    /// As [#execute], for who has something else to do meanwhile.
    Executing send(List<QmpAction> commands) {
        var answers = session.monitor().sendAll(commands);
        var deadline = Deadline.in(EXPORT_LIMIT);
        return () -> requireExecuted(commands, answers, deadline);
    }

    /// Commands that were sent.
    @FunctionalInterface
    interface Executing {
        /// Returns when QEMU has executed them; to be called once.
        ///
        /// @throws VirtException as [#execute] says
        void await();
    }

    private void requireExecuted(
            List<QmpAction> commands,
            QmpMonitor.Awaited<List<Optional<QmpException.Refused>>> answers,
            Deadline deadline) {
        Path socket = NbdServer.socket(session.folder());
        try {
            var refusals = answers.await(deadline);
            for (int i = 0; i < commands.size(); i++) {
                if (refusals.get(i).isPresent()) {
                    refuse(commands.get(i), refusals.get(i).get(), socket);
                }
            }
        } catch (QmpException e) {
            throw session.failure(e);
        }
    }

    private Stream<AddNbdExport> exports(DiskRecord disk) {
        boolean fleeced = disk.usesScratch(false);
        String name = names.export(disk.index());
        var view = AddNbdExport.readOnly(name, fleeced ? names.frozen(disk.index()) : disk.node(), name);
        var export = disk.since().isEmpty()
                ? view
                : view.withBitmaps(List.of(new BitmapReference(disk.node(), names.bitmap())));
        return fleeced ? Stream.concat(Stream.of(export), exportsOfParts(disk)) : Stream.of(export);
    }

    private Stream<AddNbdExport> exportsOfParts(DiskRecord disk) {
        String live = names.liveExport(disk.index());
        String scratch = names.scratchExport(disk.index());
        return Stream.of(
                AddNbdExport.readOnly(live, disk.node(), live),
                AddNbdExport.readOnly(scratch, names.scratch(disk.index()), scratch)
                        .withAllocationDepth());
    }

    /// A QEMU has at most one NBD server. Ours may run already for another job.
    private void refuse(QmpAction command, QmpException.Refused refusal, Path socket) throws QmpException.Refused {
        if (!(command instanceof StartNbdServer)) {
            throw refusal;
        }
        if (!isOurs(socket)) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    ("domain '%s': QEMU cannot start its NBD server: %s; if another program has started it, "
                                    + "stop it there (nbd-server-stop), or use a push backup")
                            .formatted(session.name(), refusal.description()),
                    refusal);
        }
    }

    private static boolean isOurs(Path socket) {
        try {
            return Files.exists(socket) && JobFiles.isListenedOn(socket);
        } catch (IOException _) {
            return false;
        }
    }
}
