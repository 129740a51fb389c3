package org.virtkeep.qemu.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
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

    /// QEMU is asked now, and the answer waited for later.
    static Supplier<List<LiveDisk>> ask(DomainSession session) {
        if (session.isActive()) {
            Supplier<List<BlockBackend>> backends = session.ask(new QueryBlock());
            return () -> ofGuest(session, backends.get());
        }
        Supplier<List<BlockNode>> nodes = session.ask(new QueryNamedBlockNodes());
        return () -> ofStorage(session, nodes.get());
    }

    /// A storage daemon has no devices: the disks are known by their nodes.
    private static List<LiveDisk> ofStorage(DomainSession session, List<BlockNode> all) {
        Map<String, BlockNode> nodes = all.stream().collect(Collectors.toMap(BlockNode::name, Function.identity()));
        return session.definition().disks().stream()
                .filter(disk -> nodes.containsKey(disk.target()))
                .map(disk -> live(disk, new DiskDevice("", Optional.empty()), nodes.get(disk.target())))
                .toList();
    }

    private static List<LiveDisk> ofGuest(DomainSession session, List<BlockBackend> all) {
        Map<String, BlockBackend> backends = all.stream()
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
