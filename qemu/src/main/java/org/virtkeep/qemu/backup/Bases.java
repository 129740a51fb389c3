package org.virtkeep.qemu.backup;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.virtkeep.model.BackupDisk;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.CheckpointBitmaps;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.session.DomainSession;

/// What the disks of a backup are to be incremental to, and which of them cannot be: a bitmap that does not hold all
/// that has changed would make a backup that looks right and is not. Immutable.
final class Bases {
    private final String domain;
    private final Map<String, CheckpointBitmaps> bitmaps = new LinkedHashMap<>();
    private final Map<String, String> broken = new LinkedHashMap<>();

    private Bases(String domain) {
        this.domain = domain;
    }

    /// @param request with all defaults filled in
    /// @param chain   the images of a disk, by its target
    /// @throws VirtException NO_DOMAIN_CHECKPOINT if there is no such checkpoint at all
    static Bases find(DomainSession session, BackupRequest request, Function<String, DiskChain> chain) {
        var bases = new Bases(session.name());
        var checkpoints = new CheckpointStore(session.folder(), session.root().durable());
        for (BackupDisk disk : request.disks()) {
            if (disk.backup() && disk.mode().orElseThrow() == BackupMode.INCREMENTAL) {
                String checkpoint = disk.incremental().orElseThrow();
                checkpoints.require(checkpoint);
                bases.judge(disk.name(), chain.apply(disk.name()), checkpoint);
            }
        }
        return bases;
    }

    private void judge(String disk, DiskChain chain, String checkpoint) {
        CheckpointBitmaps found = CheckpointBitmaps.find(chain, checkpoint);
        Optional<String> why = found.health() == CheckpointBitmaps.Health.OK
                ? resized(chain, checkpoint)
                : Optional.of(explain(found.health(), chain));
        why.ifPresentOrElse(
                reason -> broken.put(disk, "bitmap '%s' is %s".formatted(checkpoint, reason)),
                () -> bitmaps.put(disk, found));
    }

    /// QEMU merges only bitmaps of one size.
    static Optional<String> resized(DiskChain chain, String checkpoint) {
        long size = chain.active().image().virtualSizeBytes();
        boolean same = chain.layers().stream()
                .filter(layer -> layer.bitmap(checkpoint).isPresent())
                .allMatch(layer -> layer.image().virtualSizeBytes() == size);
        return same
                ? Optional.empty()
                : Optional.of(
                        "of another size in an image of the backing chain (the disk was resized after a snapshot)");
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

    /// @throws VirtException CHECKPOINT_INCONSISTENT naming every disk that cannot be incremental
    void requireAll() {
        if (!broken.isEmpty()) {
            throw VirtException.qemu(ErrorCode.CHECKPOINT_INCONSISTENT, message());
        }
    }

    private String message() {
        var disks = new StringBuilder();
        broken.forEach((disk, why) -> disks.append(disks.isEmpty() ? "" : "; ")
                .append("disk '%s' of domain '%s': %s".formatted(disk, domain, why)));
        return disks + ", so what changed since is not known; take a full backup of "
                + (broken.size() == 1 ? "this disk" : "these disks")
                + " with a new checkpoint, or let the backup do so (--fallback full); checkpoint-repair takes out what is lost";
    }

    /// The request with all broken disks in full.
    BackupRequest possible(BackupRequest request) {
        return broken.isEmpty()
                ? request
                : request.withDisks(request.disks().stream()
                        .map(disk -> broken.containsKey(disk.name()) ? inFull(disk) : disk)
                        .toList());
    }

    private static BackupDisk inFull(BackupDisk disk) {
        return new BackupDisk(
                disk.name(),
                disk.backup(),
                disk.kind(),
                Optional.of(BackupMode.FULL),
                Optional.empty(),
                disk.exportName(),
                Optional.empty(),
                disk.format(),
                disk.path());
    }

    /// The bitmaps that say what changed since the disk's base; empty if it is backed up in full.
    Optional<CheckpointBitmaps> since(String disk) {
        return Optional.ofNullable(bitmaps.get(disk));
    }

    /// Why a disk is backed up in full that was to be incremental.
    Optional<String> broken(String disk) {
        return Optional.ofNullable(broken.get(disk));
    }
}
