package org.virtkeep.api;

import java.util.List;
import java.util.OptionalLong;

/// Who reads a pull's disks from QEMU itself, past the job's server, and how far it is.
///
/// @param pid  a process of the domain's host; empty once it has let go of QEMU
/// @param read bytes read per disk, in the order of the job's disks; missing ones count as 0
public record BackupReader(OptionalLong pid, List<Long> read) {
    public BackupReader {
        read = List.copyOf(read);
    }
}
