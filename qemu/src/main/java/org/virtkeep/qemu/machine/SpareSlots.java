package org.virtkeep.qemu.machine;

import java.util.List;
import java.util.stream.IntStream;
import org.virtkeep.model.DomainDefinition;

/// Places for devices that are plugged in later. A q35 machine has none of its own: its root bus cannot be plugged
/// into, only root ports below it can, which have to be there from the start. An i440fx machine needs none.
/// Stateless.
public final class SpareSlots {
    /// Each costs the guest's firmware a little time, and address space.
    private static final int COUNT = 4;

    private SpareSlots() {}

    /// Ids of the ports that a domain is started with; each is also the name of its bus.
    public static List<String> of(DomainDefinition domain) {
        return domain.machine().type().contains("q35")
                ? IntStream.rangeClosed(1, COUNT).mapToObj(i -> "hotplug" + i).toList()
                : List.of();
    }

    static void add(Arguments arguments, DomainDefinition domain) {
        List<String> ports = of(domain);
        for (int i = 0; i < ports.size(); i++) {
            arguments.device(
                    "pcie-root-port",
                    BlockNodes.object()
                            .put("id", ports.get(i))
                            .put("chassis", i + 1)
                            .put("slot", i + 1));
        }
    }
}
