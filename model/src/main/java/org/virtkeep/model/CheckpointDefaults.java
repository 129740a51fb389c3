package org.virtkeep.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Completes the request for a new checkpoint: its name, its time, and which disks it tracks.
///
/// As libvirt does it, except for disks whose format cannot hold a bitmap, for which libvirt refuses
/// the whole checkpoint: they are tracked as long as the domain's QEMU runs, and of a domain that is
/// shut off, a default selection leaves them out.
public final class CheckpointDefaults {
    private static final String QCOW2 = "qcow2";

    private final String name;
    private final List<DomainDisk> disks;
    private final boolean running;

    private CheckpointDefaults(String name, List<DomainDisk> disks, boolean running) {
        this.name = name;
        this.disks = disks;
        this.running = running;
    }

    /// Returns the request with a name (else the seconds since the epoch), the time, and every disk of the
    /// domain, in the domain's order and by its target; each tracked one with its bitmap, named like the
    /// checkpoint. Parent and domain, which only a stored checkpoint has, are left out.
    ///
    /// @param disks   all disks of the domain
    /// @param now     the checkpoint's time of creation
    /// @param running whether the domain runs, so that a disk can be tracked without its image's help
    /// @throws VirtException CONFIG_UNSUPPORTED if a listed disk is unknown, listed twice, or cannot be
    ///     tracked, if a bitmap has another name than the checkpoint, or if by default no disk would be tracked;
    ///     INVALID_ARG if the name is none that a checkpoint may have
    public static CheckpointDefinition fill(
            CheckpointDefinition request, List<DomainDisk> disks, Instant now, boolean running) {
        String name = request.name().orElse(Long.toString(now.getEpochSecond()));
        CheckpointXml.requireName(name);
        var defaults = new CheckpointDefaults(name, disks, running);
        return new CheckpointDefinition(
                Optional.of(name),
                request.description(),
                OptionalLong.of(now.getEpochSecond()),
                Optional.empty(),
                Optional.of(request.disks().map(defaults::listed).orElseGet(defaults::byDefault)),
                Optional.empty());
    }

    /// [#fill(CheckpointDefinition, List, Instant, boolean)] for a domain that runs.
    public static CheckpointDefinition fill(CheckpointDefinition request, List<DomainDisk> disks, Instant now) {
        return fill(request, disks, now, true);
    }

    private List<CheckpointDisk> byDefault() {
        var chosen = new ArrayList<CheckpointDisk>();
        for (DomainDisk disk : disks) {
            chosen.add(disk.isBackedUpByDefault() && canBeTracked(disk) ? tracked(disk) : untracked(disk));
        }
        if (chosen.stream().noneMatch(CheckpointDisk::tracked)) {
            throw unsupported(
                    "the domain has no disk that can be tracked: it takes a writable one%s, and the domain's disks are %s"
                            .formatted(running ? "" : " of format 'qcow2' while the domain is shut off", describe()));
        }
        return chosen;
    }

    private boolean canBeTracked(DomainDisk disk) {
        return running || disk.format().equals(QCOW2);
    }

    private String describe() {
        if (disks.isEmpty()) {
            return DiskNames.describe(disks);
        }
        return String.join(
                ", ",
                disks.stream()
                        .map(disk -> DiskNames.describe(List.of(disk)) + " of format '" + disk.format() + "'")
                        .toList());
    }

    private List<CheckpointDisk> listed(List<CheckpointDisk> wanted) {
        Map<String, CheckpointDisk> byTarget = new LinkedHashMap<>();
        for (CheckpointDisk each : wanted) {
            DomainDisk disk = find(each.name());
            if (byTarget.put(disk.target(), checked(each, disk)) != null) {
                throw DiskNames.twice(each.name(), ErrorDomain.DOMAIN_CHECKPOINT);
            }
        }
        return disks.stream()
                .map(disk -> byTarget.getOrDefault(disk.target(), untracked(disk)))
                .toList();
    }

    /// Finds a disk by its target or by the path of its source.
    private DomainDisk find(String diskName) {
        return disks.stream()
                .filter(disk -> disk.target().equals(diskName)
                        || disk.source()
                                .flatMap(DiskNames::localPath)
                                .filter(diskName::equals)
                                .isPresent())
                .findFirst()
                .orElseThrow(() -> DiskNames.unknown(diskName, disks, ErrorDomain.DOMAIN_CHECKPOINT));
    }

    private CheckpointDisk checked(CheckpointDisk wanted, DomainDisk disk) {
        if (!wanted.tracked()) {
            return untracked(disk);
        }
        if (!disk.isBackedUpByDefault()) {
            throw unsupported("disk '%s' is empty or readonly, and so has no changes to track; set checkpoint='no'"
                    .formatted(disk.target()));
        }
        if (!canBeTracked(disk)) {
            throw qemu(
                    "disk '%s' has format '%s', which cannot hold a bitmap, so it can be tracked only while the domain runs; set checkpoint='no', or start the domain"
                            .formatted(disk.target(), disk.format()));
        }
        wanted.bitmap().filter(bitmap -> !bitmap.equals(name)).ifPresent(bitmap -> {
            throw qemu("bitmap of disk '%s' is called '%s', but must be called like the checkpoint, '%s'"
                    .formatted(disk.target(), bitmap, name));
        });
        return tracked(disk);
    }

    private CheckpointDisk tracked(DomainDisk disk) {
        return new CheckpointDisk(disk.target(), true, Optional.of(name), OptionalLong.empty());
    }

    private static CheckpointDisk untracked(DomainDisk disk) {
        return new CheckpointDisk(disk.target(), false, Optional.empty(), OptionalLong.empty());
    }

    private static VirtException unsupported(String message) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.DOMAIN_CHECKPOINT, message);
    }

    private static VirtException qemu(String message) {
        return VirtException.qemu(ErrorCode.CONFIG_UNSUPPORTED, message);
    }
}
