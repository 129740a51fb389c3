package org.virtkeep.qemu;

import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qmp.ResizeNode;

/// Changes the size of a disk under its guest. Stateless.
final class BlockResizing {
    private static final long SECTOR = 512;

    private BlockResizing() {}

    /// @throws VirtException see [org.virtkeep.api.Domain#blockResize]
    static void resize(DomainSession session, BackupOperations backups, String target, long bytes) {
        session.requireActive(ErrorCode.OPERATION_INVALID);
        LiveDisk disk = session.disk(target);
        if (bytes <= 0 || bytes % SECTOR != 0) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG,
                    "disk '%s' of domain '%s' cannot have %d bytes; a size is a multiple of %d"
                            .formatted(target, session.name(), bytes, SECTOR));
        }
        DiskUse.requireNoBackup(session, backups, target, "resized");
        session.execute(new ResizeNode(disk.node(), bytes));
    }
}
