package org.virtkeep.repository;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a backup is begun with.
///
/// @param domain the domain's name
/// @param disks all disks that the backup is to hold
/// @param bases by disk, the id of the backup whose chunks it inherits unless told otherwise. A disk
///     without a base, or whose base does not have it, begins as zeros
public record BackupPlan(String domain, List<DiskSpec> disks, Map<String, String> bases) {

    /// @throws IllegalArgumentException if the domain has no name, two disks have the same, or a base is
    ///     for no disk
    public BackupPlan {
        disks = List.copyOf(disks);
        bases = Map.copyOf(bases);
        var names = new HashSet<String>();
        if (domain.isEmpty() || !disks.stream().map(DiskSpec::name).allMatch(names::add)) {
            throw new IllegalArgumentException("a backup of '%s' with disks %s".formatted(domain, disks));
        }
        if (!names.containsAll(bases.keySet())) {
            throw new IllegalArgumentException("bases %s for disks %s".formatted(bases, names));
        }
    }

    /// A backup whose disks all have the same base, or none.
    public BackupPlan(String domain, List<DiskSpec> disks, Optional<String> base) {
        this(domain, disks, sameFor(disks, base));
    }

    private static Map<String, String> sameFor(List<DiskSpec> disks, Optional<String> base) {
        var bases = new java.util.HashMap<String, String>();
        base.ifPresent(id -> disks.forEach(disk -> bases.put(disk.name(), id)));
        return bases;
    }
}
