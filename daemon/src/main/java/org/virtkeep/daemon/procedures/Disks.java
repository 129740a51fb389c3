package org.virtkeep.daemon.procedures;

import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.Domain;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Finds the disk that a client means: by its target, or by the path of its image. Stateless.
final class Disks {
    private Disks() {}

    /// @return its target
    /// @throws VirtException INVALID_ARG if there is none
    static String target(Domain domain, String disk) {
        return target(domain, disk, "invalid path %s not assigned to domain");
    }

    /// @param refusal in the words that libvirt has for this call
    static String target(Domain domain, String disk, String refusal) {
        return domain.blockDevices().stream()
                .filter(device -> device.target().equals(disk)
                        || device.source().filter(disk::equals).isPresent())
                .findFirst()
                .map(BlockDevice::target)
                .orElseThrow(() -> VirtException.qemu(ErrorCode.INVALID_ARG, refusal.formatted(disk)));
    }
}
