package org.virtkeep.transfer;

import java.util.List;
import org.virtkeep.api.Domain;

/// Whose changes the checkpoints of a domain record, as it is now.
///
/// @param raw disks that are no qcow2 images, too
record Tracking(boolean raw) {

    /// Asks the domain, if it has such disks.
    static Tracking of(Domain domain, List<SourceDisk> disks) {
        return new Tracking(!disks.stream().allMatch(SourceDisk::keepsBitmaps)
                && domain.tracksRawDisks()
                && domain.id().isPresent());
    }

    boolean covers(SourceDisk disk) {
        return raw || disk.keepsBitmaps();
    }
}
