package org.virtkeep.qemu.session;

import java.util.Optional;
import org.virtkeep.model.DomainDisk;

/// A disk of a running domain as its QEMU has it now.
///
/// @param disk             its definition
/// @param qdev             the device's path or id in QEMU, as `query-block` tells
/// @param node             the node that the device uses: the top of its graph, which may be a job's filter
/// @param virtualSizeBytes what the guest sees
/// @param iothread         id of the iothread that serves it
public record LiveDisk(DomainDisk disk, String qdev, String node, long virtualSizeBytes, Optional<String> iothread) {

    /// The name the disk is known by.
    public String target() {
        return disk.target();
    }
}
