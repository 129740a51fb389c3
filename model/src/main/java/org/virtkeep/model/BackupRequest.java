package org.virtkeep.model;

import java.util.List;
import java.util.Optional;

/// A `<domainbackup>` document: which disks to back up, since when, and where to.
///
/// Before [BackupDefaults] has seen it, it holds only what the caller wrote; afterwards every disk of the
/// domain is listed, and every backed-up disk has all that its mode needs.
public sealed interface BackupRequest {

    /// The checkpoint that all disks without their own are incremental to; empty for a full backup.
    Optional<String> incremental();

    List<BackupDisk> disks();

    /// The same request with other disks.
    BackupRequest withDisks(List<BackupDisk> disks);

    /// QEMU writes the backup files.
    record Push(Optional<String> incremental, List<BackupDisk> disks) implements BackupRequest {
        public Push {
            disks = List.copyOf(disks);
        }

        @Override
        public Push withDisks(List<BackupDisk> disks) {
            return new Push(incremental, disks);
        }
    }

    /// The frozen disks are served over NBD to a third party.
    ///
    /// @param tls `tls='yes'`: clients must speak TLS
    record Pull(Optional<String> incremental, NbdAddress server, boolean tls, List<BackupDisk> disks)
            implements BackupRequest {
        public Pull {
            disks = List.copyOf(disks);
        }

        @Override
        public Pull withDisks(List<BackupDisk> disks) {
            return new Pull(incremental, server, tls, disks);
        }
    }
}
