package org.virtkeep.model;

/// Whether a disk is backed up whole or only where it changed since a checkpoint (`backupmode`).
public enum BackupMode {
    FULL,
    INCREMENTAL;

    /// The XML's spelling.
    public String xml() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
