package org.virtkeep.transfer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.XmlFlag;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.Domain;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskInfo;

/// Decides disk by disk whether only changes must be read. Confined to one thread.
///
/// A checkpoint is a base only together with the committed backup that names it; a backup only together
/// with a checkpoint that exists, tracks the disk, and whose bitmap is sound.
final class Decisions {
    private final Domain domain;
    private final Tracking tracking;
    private final List<BackupInfo> backups; // of this very domain, newest first
    private final Set<String> existing;
    private final Map<String, Set<String>> sound = new HashMap<>(); // disks by checkpoint, asked when needed
    private Optional<List<CheckpointHealth>> healths = Optional.empty(); // asked when needed

    /// @param backups of the domain, oldest first
    Decisions(Domain domain, Tracking tracking, List<BackupInfo> backups) {
        this.domain = domain;
        this.tracking = tracking;
        this.backups = backups.reversed();
        this.existing = domain.checkpoints().stream().map(Checkpoint::name).collect(Collectors.toSet());
    }

    DiskDecision decide(SourceDisk disk, boolean forceFull) {
        if (forceFull) {
            return DiskDecision.full(disk.target(), "asked for");
        }
        if (!tracking.covers(disk)) {
            return DiskDecision.full(disk.target(), "format '%s' cannot record changes".formatted(disk.format()));
        }
        if (backups.isEmpty()) {
            return DiskDecision.full(disk.target(), "first backup of the domain");
        }
        long size = domain.blockInfo(disk.target()).capacity();
        Optional<String> obstacle = Optional.empty();
        for (BackupInfo backup : backups) {
            Optional<DiskInfo> stored = backup.disk(disk.target());
            if (stored.isPresent()) {
                Optional<String> found = obstacle(disk, size, backup, stored.get());
                if (found.isEmpty()) {
                    return DiskDecision.incremental(
                            disk.target(),
                            new DiskDecision.Base(
                                    backup.id(), checkpoint(backup).orElseThrow()));
                }
                obstacle = obstacle.or(() -> found);
            }
        }
        return obstacle.map(why -> broken(disk, why))
                .orElseGet(() -> DiskDecision.full(disk.target(), "first backup of this disk"));
    }

    /// A raw disk's changes are forgotten whenever its QEMU ends, which nobody needs to be warned of.
    private static DiskDecision broken(SourceDisk disk, String why) {
        return disk.keepsBitmaps()
                ? DiskDecision.lost(disk.target(), why)
                : DiskDecision.full(
                        disk.target(),
                        "format '%s' records changes only while its QEMU lives: %s".formatted(disk.format(), why));
    }

    /// What keeps a backup from being the disk's base.
    private Optional<String> obstacle(SourceDisk disk, long size, BackupInfo backup, DiskInfo stored) {
        Optional<String> checkpoint = checkpoint(backup);
        if (checkpoint.isEmpty()) {
            return Optional.of("the checkpoint of backup '%s' is gone".formatted(backup.id()));
        }
        if (stored.sizeBytes() != size) {
            return Optional.of("resized from %d to %d bytes".formatted(stored.sizeBytes(), size));
        }
        if (!soundDisks(checkpoint.get()).contains(disk.target())) {
            return Optional.of(
                    "checkpoint '%s' %s".formatted(checkpoint.get(), whyUnsound(checkpoint.get(), disk.target())));
        }
        return Optional.empty();
    }

    private Optional<String> checkpoint(BackupInfo backup) {
        return backup.checkpoints().stream().filter(existing::contains).findFirst();
    }

    private Set<String> soundDisks(String checkpoint) {
        return sound.computeIfAbsent(checkpoint, this::findSoundDisks);
    }

    /// Sizes are told only for disks whose bitmaps can be relied on. Of a domain that does not run they
    /// may not be told at all; then the begin of the job finds out.
    private Set<String> findSoundDisks(String checkpoint) {
        try {
            return disks(
                    checkpoint,
                    Set.of(XmlFlag.SIZE, XmlFlag.NO_DOMAIN),
                    disk -> disk.sizeBytes().isPresent());
        } catch (VirtException e) {
            if (e.code() != ErrorCode.OPERATION_INVALID) {
                throw e;
            }
            return disks(checkpoint, Set.of(XmlFlag.NO_DOMAIN), CheckpointDisk::tracked);
        }
    }

    /// As far as the connection can tell: libvirt cannot.
    private String whyUnsound(String checkpoint, String disk) {
        if (healths.isEmpty()) {
            healths = Optional.of(askForHealths());
        }
        return healths.get().stream()
                .filter(health -> health.name().equals(checkpoint))
                .flatMap(health -> health.disks().stream())
                .filter(health -> health.disk().equals(disk) && health.state() != CheckpointHealth.State.OK)
                .findFirst()
                .map(health -> "has lost track of it (bitmap %s%s)"
                        .formatted(
                                health.state().label(),
                                health.detail().map(": "::concat).orElse("")))
                .orElse("is broken or does not track it");
    }

    private List<CheckpointHealth> askForHealths() {
        try {
            return domain.checkpointHealth();
        } catch (VirtException e) {
            if (e.code() != ErrorCode.NO_SUPPORT) {
                throw e;
            }
            return List.of();
        }
    }

    private Set<String> disks(String checkpoint, Set<XmlFlag> flags, Predicate<CheckpointDisk> condition) {
        return domain.checkpoint(checkpoint).definition(flags).disks().orElse(List.of()).stream()
                .filter(disk -> disk.tracked() && condition.test(disk))
                .map(CheckpointDisk::name)
                .collect(Collectors.toSet());
    }
}
