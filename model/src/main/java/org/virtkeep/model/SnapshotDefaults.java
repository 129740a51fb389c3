package org.virtkeep.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Completes the request for a snapshot of a domain's disks as libvirt does: its name, its time, which disks
/// take part, and where their overlays are.
public final class SnapshotDefaults {
    /// The longest file name on usual file systems has 255 bytes; ours add `.xml`.
    private static final int MAX_NAME_BYTES = 250;

    private final String name;
    private final List<DomainDisk> disks;

    private SnapshotDefaults(String name, List<DomainDisk> disks) {
        this.name = name;
        this.disks = disks;
    }

    /// Returns the request with a name (else the seconds since the epoch), the time, no memory, and every disk
    /// of the domain, in the domain's order and by its target; an overlay without a path is beside the disk's
    /// image, with the snapshot's name in the place of the extension. State, parent and domain, which only a
    /// stored snapshot has, are left out.
    ///
    /// @param domain whose disks they are; a `snapshot=` of a `<disk>` there is what a request without
    ///     counts as
    /// @throws VirtException CONFIG_UNSUPPORTED if a listed disk is unknown, listed twice, read-only or empty,
    ///     if it asks for more than an external snapshot, if no name can be made up for an overlay, or if no
    ///     disk would take part; XML_DETAIL for a name that no snapshot may have
    public static SnapshotDefinition fill(SnapshotDefinition request, DomainDefinition domain, Instant now) {
        String name = request.name().filter(text -> !text.isEmpty()).orElse(Long.toString(now.getEpochSecond()));
        requireName(name);
        request.memory().filter(memory -> memory != SnapshotDisk.Location.NO).ifPresent(memory -> {
            throw unsupported(
                    "snapshot '%s' asks for the guest's memory (memory snapshot='%s'), and only disks can be had; leave it out, or say 'no'"
                            .formatted(name, memory.xml()));
        });
        var defaults = new SnapshotDefaults(name, domain.disks());
        return SnapshotDefinition.empty()
                .withName(name)
                .withMemory(SnapshotDisk.Location.NO)
                .withDisks(defaults.disks(request.disks().orElse(List.of()), usual(domain)))
                .with(request.description(), OptionalLong.of(now.getEpochSecond()));
    }

    private static void requireName(String name) {
        if (name.contains("/") || name.startsWith(".") || name.chars().anyMatch(Character::isISOControl)) {
            throw new VirtException(
                    ErrorCode.XML_DETAIL,
                    ErrorDomain.DOMAIN_SNAPSHOT,
                    "invalid snapshot name '%s': it must not contain '/' or begin with '.'"
                            .formatted(ElementReader.shown(name)));
        }
        if (name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new VirtException(
                    ErrorCode.XML_DETAIL,
                    ErrorDomain.DOMAIN_SNAPSHOT,
                    "invalid snapshot name '%s': it has more than %d bytes"
                            .formatted(ElementReader.shown(name), MAX_NAME_BYTES));
        }
    }

    /// What the domain's XML says of its disks (`<disk snapshot='no'>`), by target.
    private static Map<String, String> usual(DomainDefinition domain) {
        Map<String, String> usual = new LinkedHashMap<>();
        domain.document().child("devices").stream()
                .flatMap(devices -> devices.children("disk").stream())
                .forEach(disk -> disk.attribute("snapshot")
                        .ifPresent(location -> disk.child("target")
                                .flatMap(target -> target.attribute("dev"))
                                .ifPresent(target -> usual.put(target, location))));
        return usual;
    }

    private List<SnapshotDisk> disks(List<SnapshotDisk> wanted, Map<String, String> usual) {
        Map<String, SnapshotDisk> byTarget = new LinkedHashMap<>();
        for (SnapshotDisk each : wanted) {
            DomainDisk disk = find(each.name());
            if (byTarget.put(disk.target(), each) != null) {
                throw DiskNames.twice(each.name(), ErrorDomain.DOMAIN_SNAPSHOT);
            }
        }
        var filled = new ArrayList<SnapshotDisk>();
        for (DomainDisk disk : disks) {
            Optional<SnapshotDisk> listed = Optional.ofNullable(byTarget.get(disk.target()));
            String location = Optional.ofNullable(usual.get(disk.target())).orElse("external");
            filled.add(listed.map(each -> filled(each, disk, location))
                    .orElseGet(() -> disk.isBackedUpByDefault() && location.equals("external")
                            ? external(disk, Optional.empty(), StorageKind.FILE)
                            : SnapshotDisk.without(disk.target())));
        }
        requireSound(filled);
        return filled;
    }

    private SnapshotDisk filled(SnapshotDisk wanted, DomainDisk disk, String usual) {
        SnapshotDisk.Location location = wanted.location()
                .orElseGet(() -> wanted.path().isPresent() || usual.equals("external")
                        ? SnapshotDisk.Location.EXTERNAL
                        : SnapshotDisk.Location.NO);
        return switch (location) {
            case NO -> SnapshotDisk.without(disk.target());
            case INTERNAL, MANUAL ->
                throw unsupported("disk '%s' asks for snapshot mode '%s', but must use 'external' or 'no'"
                        .formatted(disk.target(), location.xml()));
            case EXTERNAL -> {
                wanted.format().filter(format -> !format.equals("qcow2")).ifPresent(format -> {
                    throw unsupported("external snapshot format '%s' for disk '%s' is unsupported; it must be 'qcow2'"
                            .formatted(format, disk.target()));
                });
                yield external(disk, wanted.path(), wanted.kind());
            }
        };
    }

    private SnapshotDisk external(DomainDisk disk, Optional<String> path, StorageKind kind) {
        if (!disk.isBackedUpByDefault()) {
            throw unsupported("external snapshot for disk '%s' is not supported: it is %s; say snapshot='no'"
                    .formatted(disk.target(), disk.source().isEmpty() ? "empty" : "readonly"));
        }
        return SnapshotDisk.external(disk.target(), kind, path.orElseGet(() -> pathFor(disk)));
    }

    /// The image's path with the snapshot's name instead of what follows the last dot of its file name.
    private String pathFor(DomainDisk disk) {
        return switch (disk.source().orElseThrow()) {
            case DiskSource.File(String path) -> {
                int dot = path.lastIndexOf('.');
                yield (dot > path.lastIndexOf('/') ? path.substring(0, dot) : path) + "." + name;
            }
            case DiskSource.Block _, DiskSource.Nbd _ ->
                throw unsupported(
                        "cannot generate external snapshot name for disk '%s', whose image is no file; name one (source file='…')"
                                .formatted(disk.target()));
        };
    }

    private static void requireSound(List<SnapshotDisk> disks) {
        Set<String> paths = new HashSet<>();
        for (SnapshotDisk disk : disks) {
            if (disk.isExternal() && !paths.add(DiskNames.normalized(disk.path().orElseThrow()))) {
                throw unsupported("disk '%s' would have the same overlay '%s' as another disk; name another"
                        .formatted(disk.name(), disk.path().orElseThrow()));
            }
        }
        if (paths.isEmpty()) {
            throw unsupported(
                    "disk snapshot requested, but no disks selected for snapshot: it takes one that is writable and does not say snapshot='no'");
        }
    }

    private DomainDisk find(String diskName) {
        return disks.stream()
                .filter(disk -> disk.target().equals(diskName)
                        || disk.source()
                                .flatMap(DiskNames::localPath)
                                .filter(diskName::equals)
                                .isPresent())
                .findFirst()
                .orElseThrow(() -> DiskNames.unknown(diskName, disks, ErrorDomain.DOMAIN_SNAPSHOT));
    }

    private static VirtException unsupported(String message) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.DOMAIN_SNAPSHOT, message);
    }
}
