package org.virtkeep.qemu.machine;

import java.util.Optional;

/// The kinds of guest devices that can have a disk, by their type in QEMU's object tree.
///
/// @param bus         as a definition calls it
/// @param namePrefix  of its name, without the letters that count
record DiskType(String bus, String namePrefix, boolean isCdrom, boolean hasIothread) {

    /// Empty for what is no disk to back up, such as flash memory or a floppy drive.
    static Optional<DiskType> of(String qomType) {
        return Optional.ofNullable(
                switch (qomType) {
                    case "virtio-blk-device", "virtio-blk-pci", "virtio-blk-ccw" ->
                        new DiskType("virtio", "vd", false, true);
                    case "nvme", "nvme-ns" -> new DiskType("virtio", "vd", false, false);
                    case "scsi-hd", "scsi-disk", "scsi-block", "usb-storage" ->
                        new DiskType("scsi", "sd", false, false);
                    case "scsi-cd" -> new DiskType("scsi", "sd", true, false);
                    case "ide-hd", "ide-drive" -> new DiskType("sata", "sd", false, false);
                    case "ide-cd" -> new DiskType("sata", "sd", true, false);
                    default -> null;
                });
    }
}
