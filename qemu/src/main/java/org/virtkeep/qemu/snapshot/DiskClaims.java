package org.virtkeep.qemu.snapshot;

import org.virtkeep.qemu.session.DomainSession;

/// Who else works on the images of a domain's disks.
@FunctionalInterface
public interface DiskClaims {
    /// @throws org.virtkeep.model.VirtException saying who works on the disk's images
    void requireNone(DomainSession session, String target);
}
