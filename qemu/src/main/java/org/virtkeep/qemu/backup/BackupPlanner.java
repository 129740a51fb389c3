package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupDisk;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.StorageKind;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.CheckpointBitmaps;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.state.Durable;

/// Turns a request into a [BackupPlan], or refuses it. Touches nothing.
final class BackupPlanner {
    private final DomainSession session;
    private final BackupSettings settings;
    private final Set<BackupBeginFlag> flags;
    private final BlockGraph graph;
    private final Map<String, LiveDisk> liveDisks;
    private final HostChecks checks;

    BackupPlanner(DomainSession session, BackupSettings settings, Set<BackupBeginFlag> flags) {
        this.session = session;
        this.settings = settings;
        this.flags = flags;
        this.graph = BlockGraph.query(session);
        this.liveDisks = session.disks().stream().collect(Collectors.toMap(LiveDisk::target, Function.identity()));
        this.checks = new HostChecks(session);
    }

    /// @param request with all defaults filled in
    /// @throws VirtException what is wrong with it
    BackupPlan plan(BackupRequest request, Optional<CheckpointPlan> checkpoint) {
        boolean push = request instanceof BackupRequest.Push;
        if (request instanceof BackupRequest.Pull pull) {
            checks.requireServable(pull);
        }
        var disks = new ArrayList<BackupPlan.Disk>();
        List<String> order =
                session.definition().disks().stream().map(disk -> disk.target()).toList();
        for (BackupDisk disk : request.disks()) {
            if (disk.backup()) {
                disks.add(plan(disk, order.indexOf(disk.name()), push));
            }
        }
        return new BackupPlan(request, checkpoint, disks);
    }

    private BackupPlan.Disk plan(BackupDisk requested, int index, boolean push) {
        LiveDisk disk = Optional.ofNullable(liveDisks.get(requested.name()))
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.CONFIG_UNSUPPORTED,
                        "disk '%s' of domain '%s' has no media".formatted(requested.name(), session.name())));
        DiskChain chain = graph.chain(disk);
        checks.requireNoOtherJob(disk, chain);
        boolean guest = session.isActive();
        if (guest) {
            checks.requireRetriedWrites(disk);
        }
        Path path = Path.of(requested.path().orElseThrow());
        StorageKind kind = requested.kind().orElseThrow();
        boolean fleeced = guest && push && isFleeced(path, kind, disk);
        boolean needsFile = push || guest;
        if (guest && (!push || fleeced)) {
            checks.requireFleecing(disk);
        }
        boolean reused = flags.contains(BackupBeginFlag.REUSE_EXTERNAL) || kind == StorageKind.BLOCK;
        if (needsFile) {
            checks.requireUsable(disk, path, kind, flags.contains(BackupBeginFlag.REUSE_EXTERNAL));
        }
        if (guest && (!push || fleeced)) {
            checks.requireSpace(disk, fleeced ? Path.of(scratchFor(requested.name())) : path);
        }
        Optional<CheckpointBitmaps> since = since(requested, chain);
        var record = new DiskRecord(
                requested.name(),
                index,
                chain.active().name(),
                disk.disk().source().map(DiskSource::describe).orElse(""),
                chain.active().image().virtualSizeBytes(),
                requested.mode().orElseThrow(),
                requested.mode().orElseThrow() == BackupMode.INCREMENTAL ? requested.incremental() : Optional.empty(),
                requested.format().orElseThrow(),
                kind,
                needsFile ? path.toString() : "",
                reused,
                false,
                fleeced ? Optional.of(scratchFor(requested.name())) : Optional.empty(),
                chain.active().image().virtualSizeBytes(),
                0,
                0,
                JobState.RUNNING,
                Optional.empty());
        return new BackupPlan.Disk(record, since);
    }

    /// The bitmaps that say what changed since the disk's base.
    private Optional<CheckpointBitmaps> since(BackupDisk disk, DiskChain chain) {
        if (disk.mode().orElseThrow() == BackupMode.FULL) {
            return Optional.empty();
        }
        String checkpoint = disk.incremental().orElseThrow();
        new CheckpointStore(session.folder(), session.root().durable()).require(checkpoint);
        CheckpointBitmaps bitmaps = CheckpointBitmaps.find(chain, checkpoint);
        if (bitmaps.health() != CheckpointBitmaps.Health.OK) {
            throw VirtException.qemu(
                    ErrorCode.CHECKPOINT_INCONSISTENT,
                    ("disk '%s' of domain '%s': bitmap '%s' is %s, so what changed since is not known; take a full backup "
                                    + "of this disk with a new checkpoint, and let checkpoint-repair take out what is lost")
                            .formatted(disk.name(), session.name(), checkpoint, explain(bitmaps.health(), chain)));
        }
        requireSameSizes(disk, chain, bitmaps);
        return Optional.of(bitmaps);
    }

    /// QEMU cannot unite bitmaps of images with different sizes.
    private void requireSameSizes(BackupDisk disk, DiskChain chain, CheckpointBitmaps bitmaps) {
        long size = chain.active().image().virtualSizeBytes();
        long layers = bitmaps.layers().size();
        chain.layers().stream()
                .limit(layers)
                .filter(layer -> layer.image().virtualSizeBytes() != size)
                .findFirst()
                .ifPresent(layer -> {
                    throw VirtException.qemu(
                            ErrorCode.CHECKPOINT_INCONSISTENT,
                            "disk '%s' of domain '%s' has %d bytes, but image '%s' below it, which it had at checkpoint '%s', has %d, so what changed since cannot be told; take a full backup of this disk with a new checkpoint"
                                    .formatted(
                                            disk.name(),
                                            session.name(),
                                            size,
                                            layer.filename(),
                                            disk.incremental().orElseThrow(),
                                            layer.image().virtualSizeBytes()));
                });
    }

    private static String explain(CheckpointBitmaps.Health health, DiskChain chain) {
        return switch (health) {
            case OK -> "ok";
            case MISSING ->
                chain.keepsBitmaps()
                        ? "missing from the active image"
                        : "missing, because format '%s' cannot hold bitmaps and they end with the QEMU that made them"
                                .formatted(chain.active().driver());
            case INCONSISTENT -> "inconsistent (a QEMU did not close the image cleanly)";
            case NOT_RECORDING -> "not recording";
            case GAP -> "missing from an image in the middle of the backing chain";
        };
    }

    private boolean isFleeced(Path target, StorageKind kind, LiveDisk disk) {
        return switch (settings.pushPath()) {
            case DIRECT -> false;
            case FLEECED -> true;
            case AUTO -> kind == StorageKind.FILE && isRemote(target) && checks.canFleece(disk);
        };
    }

    private static boolean isRemote(Path target) {
        try {
            return Files.isDirectory(target.getParent()) && Space.isRemote(target);
        } catch (IOException e) {
            throw Durable.failure("look at the file system of", target, e);
        }
    }

    private String scratchFor(String disk) {
        int id = new JobStore(session.folder(), session.root().durable()).upcomingId();
        return session.folder()
                .path()
                .resolve("scratch-%d-%s.qcow2".formatted(id, disk))
                .toString();
    }
}
