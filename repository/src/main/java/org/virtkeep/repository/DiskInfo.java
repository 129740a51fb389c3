package org.virtkeep.repository;

import java.util.Map;

/// A disk, or an attachment, in a committed backup. Immutable.
///
/// @param root id of the map's root page; zero if the disk is all zeros
/// @param treeHash SHA-256 of size, chunk size and root: two disks of a repository have the same bytes
///     exactly if they have the same tree hash
/// @param changedBytes how much of the disk was given to this backup, and not inherited
public record DiskInfo(
        String name,
        long sizeBytes,
        ContentHash root,
        ContentHash treeHash,
        long changedBytes,
        Map<String, String> labels) {

    public DiskInfo {
        labels = Map.copyOf(labels);
    }
}
