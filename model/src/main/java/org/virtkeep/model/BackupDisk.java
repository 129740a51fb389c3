package org.virtkeep.model;

import java.util.Objects;
import java.util.Optional;

/// One `<disk>` of a `<domainbackup>` document.
///
/// @param name        the disk's target in the domain, such as `vda`
/// @param backup      false for `backup='no'`: listed, but left out
/// @param kind        what holds target or scratch, when the document says so
/// @param mode        full or incremental, when the document says so
/// @param incremental the checkpoint that an incremental starts from, when the disk names its own
/// @param exportName  pull: the NBD export's name
/// @param exportBitmap pull: NAME of the metadata context `qemu:dirty-bitmap:NAME`
/// @param format      image format of target or scratch, such as `qcow2`
/// @param path        push: absolute path of the target; pull: of the scratch image
public record BackupDisk(
        String name,
        boolean backup,
        Optional<StorageKind> kind,
        Optional<BackupMode> mode,
        Optional<String> incremental,
        Optional<String> exportName,
        Optional<String> exportBitmap,
        Optional<String> format,
        Optional<String> path) {

    public BackupDisk {
        Objects.requireNonNull(name, "name is null");
    }

    /// A disk that is listed but not backed up.
    public static BackupDisk excluded(String name) {
        return new BackupDisk(
                name,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
