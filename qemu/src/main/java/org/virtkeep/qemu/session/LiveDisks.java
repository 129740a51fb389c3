package org.virtkeep.qemu.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;
import org.virtkeep.qmp.BlockBackend;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.QueryBlock;
import org.virtkeep.qmp.QueryNamedBlockNodes;

/// Joins a domain's definition with what `query-block` tells. Stateless.
final class LiveDisks {
    private LiveDisks() {}

    static List<LiveDisk> of(DomainSession session) {
        return session.isActive() ? ofGuest(session) : ofStorage(session);
    }

    /// A storage daemon has no devices: the disks are known by their nodes.
    private static List<LiveDisk> ofStorage(DomainSession session) {
        Map<String, BlockNode> nodes = session.execute(new QueryNamedBlockNodes()).stream()
                .collect(Collectors.toMap(BlockNode::name, Function.identity()));
        return session.definition().disks().stream()
                .filter(disk -> nodes.containsKey(disk.target()))
                .map(disk -> live(disk, new DiskDevice("", Optional.empty()), nodes.get(disk.target())))
                .toList();
    }

    private static List<LiveDisk> ofGuest(DomainSession session) {
        Map<String, BlockBackend> backends = session.execute(new QueryBlock()).stream()
                .filter(backend -> backend.qdev().isPresent())
                .collect(Collectors.toMap(backend -> backend.qdev().get(), Function.identity()));
        Map<String, DiskDevice> devices = session.run().orElseThrow().devices();
        var disks = new ArrayList<LiveDisk>();
        for (DomainDisk disk : session.definition().disks()) {
            Optional<DiskDevice> device = Optional.ofNullable(devices.get(disk.target()));
            device.flatMap(known -> Optional.ofNullable(backends.get(known.qdev())))
                    .flatMap(BlockBackend::inserted)
                    .map(top -> live(disk, device.get(), top))
                    .ifPresent(disks::add);
        }
        return List.copyOf(disks);
    }

    private static LiveDisk live(DomainDisk disk, DiskDevice device, BlockNode top) {
        return new LiveDisk(disk, device.qdev(), top.name(), top.image().virtualSizeBytes(), device.iothread());
    }
}
