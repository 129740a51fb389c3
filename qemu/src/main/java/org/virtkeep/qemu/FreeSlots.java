package org.virtkeep.qemu;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.SpareSlots;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.QomGet;
import org.virtkeep.qmp.QomList;
import org.virtkeep.qmp.QomProperty;

/// Which of the places that a running machine has for plugged devices are free. Stateless.
final class FreeSlots {
    private static final String DEVICES = "/machine/peripheral";

    private FreeSlots() {}

    /// @return empty for a machine without such places, where QEMU finds one itself or says why it cannot
    /// @throws VirtException OPERATION_FAILED if all are taken
    static Optional<String> first(DomainSession session) {
        Set<String> devices = session.execute(new QomList(DEVICES)).stream()
                // Everything else below it is a property, such as its type.
                .filter(child -> child.type().startsWith("child<"))
                .map(QomProperty::name)
                .collect(Collectors.toSet());
        List<String> slots = SpareSlots.of(session.definition()).stream()
                .filter(devices::contains)
                .toList();
        if (slots.isEmpty()) {
            return Optional.empty();
        }
        Set<String> taken = devices.stream()
                .filter(device -> !slots.contains(device))
                .map(device -> bus(session, device))
                .collect(Collectors.toSet());
        return Optional.of(slots.stream()
                .filter(slot -> !taken.contains(slot))
                .findFirst()
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.OPERATION_FAILED,
                        "all %d slots of domain '%s' for plugged virtio disks are taken; detach one, use bus 'scsi', or attach the disk to the definition and start the domain anew"
                                .formatted(slots.size(), session.name()))));
    }

    /// The last part of the path of the bus that a device sits on.
    private static String bus(DomainSession session, String device) {
        String path = session.execute(new QomGet(DEVICES + "/" + device, "parent_bus"))
                .asText();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
