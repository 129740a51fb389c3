package org.virtkeep.qemu.machine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainDisk;

/// In which order the firmware tries the devices. Immutable.
///
/// @param disks   boot index by target
/// @param network boot index of the first network interface
record BootOrder(Map<String, Integer> disks, Optional<Integer> network) {

    /// `<boot dev=>` stands for the first device of its kind; `<boot order=>` for its own disk.
    static BootOrder of(DomainDefinition domain) {
        Map<String, Integer> disks = new HashMap<>();
        Optional<Integer> network = Optional.empty();
        domain.disks().forEach(disk -> disk.bootOrder().ifPresent(order -> disks.put(disk.target(), order)));
        int index = 1;
        for (String device : domain.boot().devices()) {
            if (device.equals("network")) {
                network = Optional.of(index++);
            } else {
                Optional<DomainDisk> disk =
                        first(domain, device.equals("cdrom") ? DomainDisk.Device.CDROM : DomainDisk.Device.DISK);
                if (disk.isPresent()) {
                    disks.put(disk.get().target(), index++);
                }
            }
        }
        return new BootOrder(Map.copyOf(disks), network);
    }

    private static Optional<DomainDisk> first(DomainDefinition domain, DomainDisk.Device device) {
        return domain.disks().stream().filter(disk -> disk.device() == device).findFirst();
    }
}
