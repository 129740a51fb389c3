package org.virtkeep.repository;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What a backup is begun with.
///
/// @param domain the domain's name
/// @param disks all disks that the backup is to hold
/// @param base id of the backup whose chunks every disk inherits unless told otherwise, disk by disk by
///     name; a disk that the base does not have begins as zeros, and so do all disks without a base
public record BackupPlan(String domain, List<DiskSpec> disks, Optional<String> base) {

    /// @throws IllegalArgumentException if the domain has no name or two disks have the same
    public BackupPlan {
        Objects.requireNonNull(base, "base is null");
        disks = List.copyOf(disks);
        var names = new HashSet<String>();
        if (domain.isEmpty() || !disks.stream().map(DiskSpec::name).allMatch(names::add)) {
            throw new IllegalArgumentException("a backup of '%s' with disks %s".formatted(domain, disks));
        }
    }
}
