package org.virtkeep.remote;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.BackupDisk;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.StorageKind;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;

/// Names the files of disks that a request lists without one, as libvirt does it for disks that are not listed: beside
/// the image, with the checkpoint's name or the time behind it. libvirt 9.0 fails on such a request ("argument key
/// 'filename' must not have null value").
record ImplicitFiles(Link link, DomainRef domain) {

    /// @param checkpoint that is created together with the backup
    BackupRequest named(BackupRequest request, Optional<String> checkpoint) {
        if (request.disks().stream().noneMatch(ImplicitFiles::lacksFile)) {
            return request;
        }
        DiskElements disks = DiskElements.of(
                link.call(LibvirtProgram.DOMAIN_GET_XML_DESC, new DomainMessages.DomainFlags(domain, 0)));
        String suffix = checkpoint.orElseGet(() -> Long.toString(Instant.now().getEpochSecond()));
        List<BackupDisk> named = request.disks().stream()
                .map(disk -> lacksFile(disk) ? named(disk, disks, suffix) : disk)
                .toList();
        return request.withDisks(named);
    }

    private static boolean lacksFile(BackupDisk disk) {
        return disk.backup() && disk.path().isEmpty();
    }

    /// What is no file is left to libvirt to refuse.
    private static BackupDisk named(BackupDisk disk, DiskElements disks, String suffix) {
        Optional<String> file = disks.disk(disk.name())
                .flatMap(element -> element.child("source"))
                .flatMap(source -> source.attribute("file"))
                .map(path -> path + "." + suffix);
        return file.isEmpty()
                ? disk
                : new BackupDisk(
                        disk.name(),
                        true,
                        Optional.of(StorageKind.FILE),
                        disk.mode(),
                        disk.incremental(),
                        disk.exportName(),
                        disk.exportBitmap(),
                        disk.format(),
                        file);
    }
}
