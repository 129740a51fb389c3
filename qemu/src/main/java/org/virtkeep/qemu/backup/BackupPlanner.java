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
import java.util.function.Supplier;
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
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.state.Durable;

/// Turns a request into a [BackupPlan], or refuses it. Touches nothing.
final class BackupPlanner {
    private final DomainSession session;
    private final BackupSettings settings;
    private final Set<BackupBeginFlag> flags;
    private final HostChecks checks;
    private final BlockGraph graph;
    private final Map<String, LiveDisk> liveDisks;

    private BackupPlanner(
            DomainSession session,
            BackupSettings settings,
            Set<BackupBeginFlag> flags,
            HostChecks checks,
            BlockGraph graph,
            List<LiveDisk> disks) {
        this.session = session;
        this.settings = settings;
        this.flags = flags;
        this.checks = checks;
        this.graph = graph;
        this.liveDisks = disks.stream().collect(Collectors.toMap(LiveDisk::target, Function.identity()));
    }

    /// Asks QEMU for all that a plan needs, and does not wait for the answers.
    ///
    /// @param targets the disks that the plan is probably about
    static Supplier<BackupPlanner> ask(
            DomainSession session, BackupSettings settings, Set<BackupBeginFlag> flags, List<String> targets) {
        Supplier<BlockGraph> graph = BlockGraph.ask(session);
        Supplier<List<LiveDisk>> disks = session.askForDisks();
        var checks = new HostChecks(session, targets);
        return () -> new BackupPlanner(session, settings, flags, checks, graph.get(), disks.get());
    }

    /// @param request with all defaults filled in
    /// @throws VirtException what is wrong with it
    BackupPlan plan(BackupRequest request, Optional<CheckpointPlan> checkpoint) {
        boolean push = request instanceof BackupRequest.Push;
        if (request instanceof BackupRequest.Pull pull) {
            checks.requireServable(pull, settings);
        }
        if (session.isActive() && flags.contains(BackupBeginFlag.PRESERVE_SHUTDOWN)) {
            checks.requireOutlivingTheGuest();
        }
        Bases bases = Bases.find(session, request, this::chain);
        if (!flags.contains(BackupBeginFlag.FALLBACK_FULL)) {
            bases.requireAll();
        }
        BackupRequest possible = bases.possible(request);
        var disks = new ArrayList<BackupPlan.Disk>();
        List<String> order =
                session.definition().disks().stream().map(disk -> disk.target()).toList();
        for (BackupDisk disk : possible.disks()) {
            if (disk.backup()) {
                disks.add(plan(disk, order.indexOf(disk.name()), push, bases));
            }
        }
        return new BackupPlan(possible, checkpoint, disks);
    }

    private LiveDisk live(String target) {
        return Optional.ofNullable(liveDisks.get(target))
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.CONFIG_UNSUPPORTED,
                        "disk '%s' of domain '%s' has no media".formatted(target, session.name())));
    }

    private DiskChain chain(String target) {
        return graph.chain(live(target));
    }

    private BackupPlan.Disk plan(BackupDisk requested, int index, boolean push, Bases bases) {
        LiveDisk disk = live(requested.name());
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
                Optional.empty(),
                Optional.empty(),
                bases.broken(requested.name()));
        return new BackupPlan.Disk(record, bases.since(requested.name()));
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
