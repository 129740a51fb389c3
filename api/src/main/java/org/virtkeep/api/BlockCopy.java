package org.virtkeep.api;

import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.DiskSource;

/// Where a disk is to be copied (`virDomainBlockCopy`).
///
/// @param destination      a file or a block device
/// @param format           `qcow2` or `raw`; empty for that of the disk's active image
/// @param bytesPerSecond   limit; 0 is none
/// @param granularityBytes what is copied at a time, a power of two; 0 for QEMU's choice
/// @param bufferBytes      what is in flight at most; 0 for QEMU's choice
public record BlockCopy(
        DiskSource destination,
        Optional<String> format,
        long bytesPerSecond,
        long granularityBytes,
        long bufferBytes,
        Set<Flag> flags) {
    public BlockCopy {
        flags = Set.copyOf(flags);
    }

    /// With libvirt's bits (`virDomainBlockCopyFlags`).
    public enum Flag {
        /// Copy the active image alone; the copy rests on the same images.
        SHALLOW(1),
        /// The destination exists, with the disk's size and for a shallow copy on the same images.
        REUSE_EXTERNAL(1 << 1),
        /// The job may end with the domain's QEMU, as every job does here.
        TRANSIENT_JOB(1 << 2),
        /// The guest's writes end when they are in the copy, too.
        SYNCHRONOUS_WRITES(1 << 3);

        private final int wireValue;

        Flag(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }
}
