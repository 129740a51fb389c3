package org.virtkeep.testkit;

/// How a disk is attached to a test machine.
public enum Bus {
    VIRTIO {
        @Override
        String device(String id) {
            return "virtio-blk-pci,drive=" + id + ",id=" + id;
        }

        @Override
        String qdev(String id) {
            return "/machine/peripheral/" + id + "/virtio-backend";
        }
    },
    /// On the controller `scsi0` (virtio-scsi-pci), which the machine then has.
    SCSI {
        @Override
        String device(String id) {
            return "scsi-hd,bus=scsi0.0,drive=" + id + ",id=" + id;
        }

        @Override
        String qdev(String id) {
            return id;
        }
    },
    /// On the AHCI controller of the q35 machine.
    SATA {
        @Override
        String device(String id) {
            return "ide-hd,drive=" + id + ",id=" + id;
        }

        @Override
        String qdev(String id) {
            return id;
        }
    };

    /// The argument of `-device` for the disk `id`, whose block node is also called `id`.
    abstract String device(String id);

    /// What `query-block` calls `qdev`, and `qemu-io -d` accepts.
    abstract String qdev(String id);
}
