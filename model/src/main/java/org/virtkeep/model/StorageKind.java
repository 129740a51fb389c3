package org.virtkeep.model;

/// What holds an image: a regular file or a block device (`type` of a backup disk).
public enum StorageKind {
    FILE,
    BLOCK;

    /// The XML's spelling.
    public String xml() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
