package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.DomainDisk.Bus;
import org.virtkeep.model.DomainDisk.Device;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;

/// Disks: their block nodes, controllers and devices. The device's id is the disk's target. Stateless.
final class DiskArguments {
    private static final int PORTS_PER_AHCI = 6;

    private DiskArguments() {}

    /// @param bootIndexes by target
    static void add(Arguments arguments, DomainDefinition domain, Map<String, Integer> bootIndexes, Images images) {
        addControllers(arguments, domain.disks());
        int scsi = 0;
        int sata = 0;
        for (DomainDisk disk : domain.disks()) {
            addNodes(arguments, disk, images);
            ObjectNode device = common(disk, bootIndexes, images);
            switch (disk.bus()) {
                case VIRTIO -> arguments.device("virtio-blk-pci", withIothread(device, disk.iothread()));
                case SCSI -> {
                    device.put("bus", "scsi0.0")
                            .put("channel", 0)
                            .put("scsi-id", scsi++)
                            .put("lun", 0);
                    arguments.device(disk.device() == Device.CDROM ? "scsi-cd" : "scsi-hd", device);
                }
                case SATA -> {
                    device.put("bus", "sata%d.%d".formatted(sata / PORTS_PER_AHCI, sata++ % PORTS_PER_AHCI));
                    arguments.device(disk.device() == Device.CDROM ? "ide-cd" : "ide-hd", device);
                }
            }
        }
    }

    private static void addControllers(Arguments arguments, List<DomainDisk> disks) {
        if (disks.stream().anyMatch(disk -> disk.bus() == Bus.SCSI)) {
            arguments.device("virtio-scsi-pci", BlockNodes.object().put("id", "scsi0"));
        }
        long ports = disks.stream().filter(disk -> disk.bus() == Bus.SATA).count();
        for (int i = 0; i * PORTS_PER_AHCI < ports; i++) {
            arguments.device("ahci", BlockNodes.object().put("id", "sata" + i));
        }
    }

    private static void addNodes(Arguments arguments, DomainDisk disk, Images images) {
        if (!images.layers.containsKey(disk.target())) {
            return; // a drive without medium
        }
        List<ObjectNode> nodes = BlockNodes.of(disk, images.layers.get(disk.target()));
        if (images.rehearsal) {
            nodes.getLast().put("read-only", true);
        }
        nodes.forEach(node -> arguments.json("-blockdev", node));
        if (images.rehearsal) {
            arguments.json(
                    "-blockdev",
                    BlockNodes.object()
                            .put("driver", "null-co")
                            .put("node-name", images.node(disk))
                            .put("read-zeroes", true)
                            .put("read-only", disk.readOnly()));
        }
    }

    /// What is behind the disks.
    ///
    /// @param layers    the images by target; drives without medium are missing
    /// @param rehearsal true to open all images for reading only, and to give the devices something else
    record Images(Map<String, List<ImageLayer>> layers, boolean rehearsal) {

        /// The node for a disk's device.
        String node(DomainDisk disk) {
            return rehearsal ? disk.target() + "-null" : disk.target();
        }
    }

    static ObjectNode common(DomainDisk disk, Map<String, Integer> bootIndexes, Images images) {
        ObjectNode device = BlockNodes.object().put("id", disk.target());
        if (disk.source().isPresent()) {
            device.put("drive", images.node(disk));
        }
        disk.serial().ifPresent(serial -> device.put("serial", serial));
        if (bootIndexes.containsKey(disk.target())) {
            device.put("bootindex", bootIndexes.get(disk.target()));
        }
        if (!disk.readOnly() && disk.device() == Device.DISK) {
            addWritePolicy(device, disk);
        }
        return device;
    }

    /// Unless the definition says otherwise the guest waits when a write fails: the failure of a backup's
    /// scratch or target must never reach the guest as its own disk's error.
    private static void addWritePolicy(ObjectNode device, DomainDisk disk) {
        String policy = disk.errorPolicy().orElse("stop");
        device.put("werror", policy.equals("enospace") ? "enospc" : policy);
        disk.errorPolicy().ifPresent(_ -> device.put("rerror", policy.equals("enospace") ? "report" : policy));
        disk.cache()
                .ifPresent(cache -> device.put(
                        "write-cache", cache.equals("writethrough") || cache.equals("directsync") ? "off" : "on"));
    }

    static ObjectNode withIothread(ObjectNode device, OptionalInt iothread) {
        iothread.ifPresent(number -> device.put("iothread", "iothread" + number));
        return device;
    }

    /// How `query-block` will name the devices.
    static Map<String, DiskDevice> devices(DomainDefinition domain) {
        return domain.disks().stream().collect(Collectors.toMap(DomainDisk::target, DiskArguments::device));
    }

    static DiskDevice device(DomainDisk disk) {
        String qdev = disk.bus() == Bus.VIRTIO
                ? "/machine/peripheral/%s/virtio-backend".formatted(disk.target())
                : disk.target();
        return new DiskDevice(
                qdev,
                disk.iothread().isPresent()
                        ? Optional.of("iothread" + disk.iothread().getAsInt())
                        : Optional.empty());
    }
}
