package org.virtkeep.qemu.snapshot;

import java.io.IOException;
import java.nio.file.Path;
import org.virtkeep.model.DiskSource;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.Durable;

/// The images of a domain's disks as their headers tell, whether a QEMU has them open or not. Stateless.
final class OfflineChain {
    private final DomainSession session;

    OfflineChain(DomainSession session) {
        this.session = session;
    }

    /// True if the overlay is still in the disk's chain.
    boolean contains(MergeDisk disk) {
        return SnapshotContents.isInChain(session, disk);
    }

    /// Deletes the overlay's file; a block device stays.
    void delete(MergeDisk disk) {
        if (disk.top() instanceof DiskSource.File(String path)) {
            try {
                session.root().durable().delete(Path.of(path));
            } catch (IOException e) {
                throw Durable.failure("delete", Path.of(path), e);
            }
        }
    }
}
