package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;
import org.virtkeep.qmp.AddDevice;

/// A disk that is plugged into a running QEMU, with the names that it would have been started with.
/// Stateless.
public final class DiskPlug {
    private DiskPlug() {}

    /// Its nodes for `blockdev-add`, each after those it uses.
    ///
    /// @throws org.virtkeep.model.VirtException as [ImageChain#of] does
    public static List<ObjectNode> nodes(DomainDisk disk) {
        return BlockNodes.of(disk, ImageChain.of(disk));
    }

    /// Its device.
    ///
    /// @param slot bus for a device of its own; empty for the place that QEMU chooses
    public static AddDevice device(DomainDisk disk, Optional<String> slot) {
        ObjectNode properties = DiskArguments.common(disk, Map.of(), new DiskArguments.Images(Map.of(), false));
        properties.remove("id");
        String driver = switch (disk.bus()) {
            case VIRTIO -> {
                DiskArguments.withIothread(properties, disk.iothread());
                slot.ifPresent(bus -> properties.put("bus", bus));
                yield "virtio-blk-pci";
            }
            case SCSI -> {
                properties.put("bus", "scsi0.0");
                yield disk.device() == DomainDisk.Device.CDROM ? "scsi-cd" : "scsi-hd";
            }
            case SATA -> disk.device() == DomainDisk.Device.CDROM ? "ide-cd" : "ide-hd";
        };
        return new AddDevice(driver, disk.target(), properties);
    }

    /// How `query-block` will name it.
    public static DiskDevice name(DomainDisk disk) {
        return DiskArguments.device(disk);
    }
}
