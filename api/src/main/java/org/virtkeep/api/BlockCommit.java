package org.virtkeep.api;

import java.util.Optional;
import java.util.Set;

/// Which images are to be merged into which (`virDomainBlockCommit`). Images are named by their path, or by
/// their place in the disk's chain: `vda[1]` is the first below the active one.
///
/// @param base           the image that is written to; empty for the lowest
/// @param top            the topmost that is merged; empty for the active image
/// @param bytesPerSecond limit; 0 is none
public record BlockCommit(Optional<String> base, Optional<String> top, long bytesPerSecond, Set<Flag> flags) {
    public BlockCommit {
        flags = Set.copyOf(flags);
    }

    /// With libvirt's bits (`virDomainBlockCommitFlags`).
    public enum Flag {
        /// The base is the image right below the top.
        SHALLOW(1),
        /// Delete the files that are not needed any more afterwards.
        DELETE(1 << 1),
        /// The active image may be merged: the job becomes ready, and waits for a pivot.
        ACTIVE(1 << 2),
        /// The image above names its new backing file relative to itself.
        RELATIVE(1 << 3);

        private final int wireValue;

        Flag(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }
}
