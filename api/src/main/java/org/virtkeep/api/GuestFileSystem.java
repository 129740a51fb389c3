package org.virtkeep.api;

import java.util.List;
import java.util.OptionalLong;

/// A file system that is mounted in a guest, as its agent tells (`virDomainFSInfo`).
///
/// @param name  of the device in the guest, as `vda1`
/// @param type  as `ext4`
/// @param disks targets of the domain's disks that it lies on, as far as they could be told
public record GuestFileSystem(
        String mountPoint,
        String name,
        String type,
        OptionalLong totalBytes,
        OptionalLong usedBytes,
        List<String> disks) {

    public GuestFileSystem {
        disks = List.copyOf(disks);
    }
}
