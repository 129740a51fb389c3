package org.virtkeep.qemu.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointHealth.State;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.CheckpointRepair.Action;
import org.virtkeep.api.CheckpointRepair.Step;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qmp.BlockNode;

/// Makes a domain's checkpoints and its images agree again. Bitmaps that are of no use are removed first, and then
/// what was lost is taken out of the records; either may be repeated, so an interrupted repair is finished by
/// another one. Confined to one thread, used once.
final class CheckpointMending {
    private final DomainSession session;
    private final CheckpointStore store;
    private final CheckpointInspection inspection;
    private final boolean dryRun;
    private final List<Step> steps = new ArrayList<>();

    CheckpointMending(DomainSession session, boolean dryRun) {
        this.session = session;
        this.store = new CheckpointStore(session.folder(), session.root().durable());
        this.inspection = CheckpointInspection.of(session);
        this.dryRun = dryRun;
    }

    /// @param only one name, or empty for all
    /// @throws VirtException NO_DOMAIN_CHECKPOINT if nothing has the name
    CheckpointRepair run(Optional<String> only) {
        List<CheckpointDefinition> known = store.all();
        Set<String> names = known.stream().map(CheckpointStore::name).collect(Collectors.toSet());
        List<CheckpointHealth> unknown = inspection.unknown(names);
        only.filter(name -> !names.contains(name)
                        && unknown.stream().noneMatch(each -> each.name().equals(name)))
                .ifPresent(store::require);
        for (CheckpointDefinition checkpoint : known) {
            if (only.orElse(CheckpointStore.name(checkpoint)).equals(CheckpointStore.name(checkpoint))) {
                mend(inspection.of(checkpoint));
            }
        }
        for (CheckpointHealth bitmaps : unknown) {
            if (only.orElse(bitmaps.name()).equals(bitmaps.name())) {
                tidy(bitmaps);
            }
        }
        return new CheckpointRepair(steps, dryRun);
    }

    private void mend(CheckpointHealth checkpoint) {
        var lost = new ArrayList<CheckpointHealth.Disk>();
        for (CheckpointHealth.Disk disk : checkpoint.disks()) {
            switch (disk.state()) {
                case OK -> {}
                case RESIZED, UNKNOWN -> leave(checkpoint.name(), disk, reason(disk));
                case MISSING, INCONSISTENT, NOT_RECORDING, GAP -> lost.add(disk);
            }
        }
        if (lost.isEmpty()) {
            return;
        }
        lost.forEach(disk -> removeBitmaps(checkpoint.name(), disk));
        if (lost.size() == checkpoint.disks().size()) {
            drop(checkpoint.name(), lost);
        } else {
            lost.forEach(disk -> step(checkpoint.name(), Optional.of(disk.disk()), Action.DISK_LOST, reason(disk)));
            untrack(
                    checkpoint.name(),
                    lost.stream().map(CheckpointHealth.Disk::disk).collect(Collectors.toSet()));
        }
    }

    private void drop(String name, List<CheckpointHealth.Disk> lost) {
        String why = lost.stream()
                .map(disk -> "%s: %s".formatted(disk.disk(), reason(disk)))
                .collect(Collectors.joining("; "));
        step(name, Optional.empty(), Action.CHECKPOINT_DROPPED, why);
        if (!dryRun) {
            new CheckpointRemoval(session).forget(List.of(store.require(name)));
        }
    }

    private void untrack(String name, Set<String> lost) {
        if (dryRun) {
            return;
        }
        CheckpointDefinition checkpoint = store.require(name);
        List<CheckpointDisk> disks = checkpoint.disks().orElse(List.of()).stream()
                .map(disk -> lost.contains(disk.name())
                        ? new CheckpointDisk(disk.name(), false, Optional.empty(), OptionalLong.empty())
                        : disk)
                .toList();
        store.save(checkpoint.withDisks(disks));
    }

    /// Bitmaps that no checkpoint owns: those that nobody can use go.
    private void tidy(CheckpointHealth bitmaps) {
        for (CheckpointHealth.Disk disk : bitmaps.disks()) {
            switch (disk.state()) {
                case OK ->
                    leave(bitmaps.name(), disk, "no checkpoint owns this bitmap; checkpoint-import makes it one");
                case INCONSISTENT -> removeBitmaps(bitmaps.name(), disk);
                case MISSING, NOT_RECORDING, GAP, RESIZED, UNKNOWN ->
                    leave(bitmaps.name(), disk, "no checkpoint owns this bitmap, and " + reason(disk));
            }
        }
    }

    private void removeBitmaps(String name, CheckpointHealth.Disk disk) {
        List<BlockNode> images = inspection.images(disk.disk(), name);
        if (images.isEmpty()) {
            return;
        }
        String where = images.stream().map(BlockNode::filename).collect(Collectors.joining("', '", "'", "'"));
        try {
            if (!dryRun) {
                ShutOffDisks.open(session, Set.of(disk.disk()));
                LiveDisk live = session.disk(disk.disk());
                BlockGraph graph = BlockGraph.query(session);
                var removal = new BitmapRemoval(session, graph);
                removal.add(live, graph.chain(live).layers(), name);
                removal.run();
            }
            step(name, Optional.of(disk.disk()), Action.BITMAPS_REMOVED, "from " + where);
        } catch (VirtException e) {
            if (!CheckpointRecovery.wasRefused(e)) {
                throw e;
            }
            leave(name, disk, e.getMessage());
        }
    }

    /// Makes bitmaps known as checkpoints.
    ///
    /// @param names empty for all that are sound
    CheckpointRepair importAll(List<String> names) {
        Set<String> known = store.all().stream().map(CheckpointStore::name).collect(Collectors.toSet());
        List<CheckpointHealth> unknown = inspection.unknown(known);
        for (String name : names) {
            requireImportable(name, known, unknown);
        }
        for (CheckpointHealth bitmaps : unknown) {
            if (names.isEmpty() || names.contains(bitmaps.name())) {
                adopt(bitmaps);
            }
        }
        return new CheckpointRepair(steps, dryRun);
    }

    private void requireImportable(String name, Set<String> known, List<CheckpointHealth> unknown) {
        if (known.contains(name)) {
            throw CheckpointPlanner.nameTaken(session, name);
        }
        CheckpointHealth bitmaps = unknown.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN_CHECKPOINT,
                        "no image of domain '%s' holds a bitmap '%s'".formatted(session.name(), name)));
        if (sound(bitmaps).isEmpty()) {
            CheckpointHealth.Disk disk = bitmaps.disks().getFirst();
            throw VirtException.qemu(
                    ErrorCode.CHECKPOINT_INCONSISTENT,
                    "bitmap '%s' of disk '%s' of domain '%s' is %s: %s"
                            .formatted(
                                    name,
                                    disk.disk(),
                                    session.name(),
                                    disk.state().label(),
                                    reason(disk)));
        }
    }

    private static Set<String> sound(CheckpointHealth bitmaps) {
        return bitmaps.disks().stream()
                .filter(disk -> disk.state() == State.OK)
                .map(CheckpointHealth.Disk::disk)
                .collect(Collectors.toSet());
    }

    private void adopt(CheckpointHealth bitmaps) {
        Set<String> sound = sound(bitmaps);
        for (CheckpointHealth.Disk disk : bitmaps.disks()) {
            if (!sound.contains(disk.disk())) {
                leave(
                        bitmaps.name(),
                        disk,
                        "its bitmap is %s: %s".formatted(disk.state().label(), reason(disk)));
            }
        }
        if (sound.isEmpty()) {
            return;
        }
        Optional<CheckpointDefinition> imported = ImportedCheckpoint.of(session, bitmaps.name(), sound);
        if (imported.isEmpty()) {
            leave(bitmaps.name(), bitmaps.disks().getFirst(), "a checkpoint cannot have this name");
            return;
        }
        if (!dryRun) {
            store.save(imported.get());
        }
        step(
                bitmaps.name(),
                Optional.empty(),
                Action.CHECKPOINT_IMPORTED,
                "tracks '%s'"
                        .formatted(String.join("', '", sound.stream().sorted().toList())));
    }

    private static String reason(CheckpointHealth.Disk disk) {
        return disk.detail().orElse(disk.state().label());
    }

    private void leave(String name, CheckpointHealth.Disk disk, String why) {
        step(name, Optional.of(disk.disk()), Action.LEFT, why);
    }

    private void step(String name, Optional<String> disk, Action action, String detail) {
        steps.add(new Step(name, disk, action, detail));
    }
}
