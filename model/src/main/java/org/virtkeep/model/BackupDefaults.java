package org.virtkeep.model;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Completes a backup request for a domain: which disks, in which mode, and where to.
///
/// As libvirt does it, with these differences: a listed disk without a path gets a generated one too; a disk
/// that is backed up in full names no bitmap; and two disks that would share a file or an export, or a copy
/// that would overwrite a disk of the domain, are refused before anything is touched. Whether files exist is
/// not asked here.
public final class BackupDefaults {
    private static final String QCOW2 = "qcow2";
    private static final Set<String> PUSH_FORMATS = Set.of(QCOW2, "raw");

    private final BackupRequest request;
    private final String suffix;

    private BackupDefaults(BackupRequest request, String suffix) {
        this.request = request;
        this.suffix = suffix;
    }

    /// Returns the request with every disk of the domain, in the domain's order. Each disk that is backed up
    /// has kind, mode, format and path, the checkpoint if it is incremental, and in pull mode its export's
    /// name and, if it is incremental, its bitmap's. Filling in twice changes nothing more.
    ///
    /// @param disks  all disks of the domain
    /// @param suffix what a generated path ends in after the source's path and a dot: the name of the
    ///     checkpoint that is made with the backup, else the seconds since the epoch
    /// @throws VirtException CONFIG_UNSUPPORTED if a disk is unknown, listed twice, without medium or without
    ///     a base for an incremental, if no path can be made up for it, if the format cannot be written, or if
    ///     no disk is left to back up; INVALID_ARG if two disks would share a path or an export, or if a path
    ///     is one of the domain's own
    public static BackupRequest fill(BackupRequest request, List<DomainDisk> disks, String suffix) {
        DiskNames.check(request.disks().stream().map(BackupDisk::name).toList(), disks);
        var defaults = new BackupDefaults(request, suffix);
        List<BackupDisk> filled = disks.stream().map(defaults::fill).toList();
        if (filled.stream().noneMatch(BackupDisk::backup)) {
            throw VirtException.qemu(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "no disks selected for backup; the domain's disks are %s".formatted(DiskNames.describe(disks)));
        }
        checkPaths(filled, disks);
        checkExports(filled);
        return request.withDisks(filled);
    }

    private BackupDisk fill(DomainDisk disk) {
        Optional<BackupDisk> listed = request.disks().stream()
                .filter(each -> each.name().equals(disk.target()))
                .findFirst();
        boolean included =
                listed.map(BackupDisk::backup).orElseGet(() -> request.disks().isEmpty() && disk.isBackedUpByDefault());
        return included ? fill(listed.orElse(unspecified(disk.target())), disk) : BackupDisk.excluded(disk.target());
    }

    private static BackupDisk unspecified(String target) {
        return new BackupDisk(
                target,
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private BackupDisk fill(BackupDisk wanted, DomainDisk disk) {
        DiskSource source =
                disk.source().orElseThrow(() -> unsupported("disk '%s' has no media".formatted(wanted.name())));
        StorageKind kind = wanted.kind().orElse(StorageKind.FILE);
        String path = wanted.path().orElseGet(() -> generatedPath(wanted.name(), kind, source));
        if (!path.startsWith("/")) {
            throw unsupported(
                    "disk '%s' would be copied to '%s', but needs an absolute path".formatted(wanted.name(), path));
        }
        Optional<String> since = since(wanted);
        boolean pull = request instanceof BackupRequest.Pull;
        return new BackupDisk(
                wanted.name(),
                true,
                Optional.of(kind),
                Optional.of(since.isPresent() ? BackupMode.INCREMENTAL : BackupMode.FULL),
                since,
                pull ? given(wanted.exportName()).or(() -> Optional.of(wanted.name())) : Optional.empty(),
                pull && since.isPresent()
                        ? given(wanted.exportBitmap()).or(() -> Optional.of("backup-" + wanted.name()))
                        : Optional.empty(),
                Optional.of(format(wanted, pull)),
                Optional.of(path));
    }

    private static Optional<String> given(Optional<String> name) {
        return name.filter(text -> !text.isEmpty());
    }

    private String generatedPath(String name, StorageKind kind, DiskSource source) {
        if (kind == StorageKind.FILE && source instanceof DiskSource.File(String path)) {
            return path + "." + suffix;
        }
        String why = kind == StorageKind.BLOCK
                ? "a block device must be named"
                : "its source '%s' is not a file".formatted(source.describe());
        throw unsupported("refusing to generate file name for disk '%s': %s; give its %s"
                .formatted(name, why, request instanceof BackupRequest.Pull ? "scratch" : "target"));
    }

    /// @return the checkpoint to start from; empty for a full backup
    private Optional<String> since(BackupDisk disk) {
        if (disk.mode().filter(BackupMode.FULL::equals).isPresent()) {
            disk.incremental().ifPresent(checkpoint -> {
                throw unsupported("disk '%s' has backup mode 'full' and names the checkpoint '%s'; leave one out"
                        .formatted(disk.name(), checkpoint));
            });
            return Optional.empty();
        }
        Optional<String> checkpoint = disk.incremental().or(request::incremental);
        if (disk.mode().isPresent() && checkpoint.isEmpty()) {
            throw unsupported(
                    "disk '%s' has backup mode 'incremental', but neither it nor the backup names a checkpoint"
                            .formatted(disk.name()));
        }
        return checkpoint;
    }

    private static String format(BackupDisk disk, boolean pull) {
        String format = disk.format().orElse(QCOW2);
        if (pull && !format.equals(QCOW2)) {
            throw VirtException.qemu(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "scratch image of disk '%s' has format '%s', but a pull backup needs 'qcow2'"
                            .formatted(disk.name(), format));
        }
        if (!PUSH_FORMATS.contains(format)) {
            throw VirtException.qemu(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "target of disk '%s' has format '%s', which cannot be written; supported: 'qcow2', 'raw'"
                            .formatted(disk.name(), format));
        }
        return format;
    }

    private static void checkPaths(List<BackupDisk> filled, List<DomainDisk> disks) {
        Set<String> own = disks.stream()
                .flatMap(disk -> Stream.concat(disk.source().stream(), disk.dataFile().stream()))
                .flatMap(source -> DiskNames.localPath(source).stream())
                .map(DiskNames::normalized)
                .collect(Collectors.toSet());
        Set<String> seen = new HashSet<>();
        for (BackupDisk disk : filled) {
            disk.path().map(DiskNames::normalized).ifPresent(path -> {
                if (own.contains(path)) {
                    throw invalid("backup of disk '%s' would overwrite '%s', which is a disk of the domain"
                            .formatted(disk.name(), path));
                }
                if (!seen.add(path)) {
                    throw invalid("backup of disk '%s' would go to '%s', where another disk goes to"
                            .formatted(disk.name(), path));
                }
            });
        }
    }

    private static void checkExports(List<BackupDisk> filled) {
        Set<String> seen = new HashSet<>();
        for (BackupDisk disk : filled) {
            disk.exportName().filter(name -> !seen.add(name)).ifPresent(name -> {
                throw invalid("disk '%s' would be exported as '%s', which is another disk's name"
                        .formatted(disk.name(), name));
            });
        }
    }

    private static VirtException unsupported(String message) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.DOMAIN, message);
    }

    private static VirtException invalid(String message) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.DOMAIN, message);
    }
}
