package org.virtkeep.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.api.DomainStatistics.Disk;
import org.virtkeep.api.DomainStatistics.Requests;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.machine.ImageHeader;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.BlockStats;
import org.virtkeep.qmp.QueryBlockStats;

/// Figures of a domain's disks. Stateless.
final class DiskStatistics {
    private DiskStatistics() {}

    /// Of a domain that is shut off: what the images' headers and the file system tell.
    static List<Disk> shutOff(DomainDefinition definition) {
        return definition.disks().stream()
                .map(disk -> new Disk(
                        disk.target(),
                        0,
                        path(disk),
                        Optional.empty(),
                        OptionalLong.empty(),
                        ImageHeader.capacity(disk),
                        ImageHeader.fileSize(disk)))
                .toList();
    }

    private static Optional<String> path(DomainDisk disk) {
        return disk.source().map(DiskSource::describe);
    }

    private static Map<String, BlockStats> devices(DomainSession session) {
        return session.execute(new QueryBlockStats()).stream()
                .filter(each -> each.qdev().isPresent())
                .collect(Collectors.toMap(each -> each.qdev().get(), Function.identity(), (first, _) -> first));
    }

    /// What was asked of the disks of a domain that runs, and no more about them.
    static List<Disk> requests(DomainSession session) {
        Map<String, BlockStats> stats = devices(session);
        Map<String, DiskDevice> devices = session.run().orElseThrow().devices();
        return session.definition().disks().stream()
                .map(disk -> image(
                        disk.target(),
                        0,
                        path(disk),
                        Optional.ofNullable(devices.get(disk.target())).map(known -> stats.get(known.qdev())),
                        Optional.empty()))
                .toList();
    }

    /// @param backing also the images below the active ones
    static List<Disk> live(DomainSession session, boolean backing) {
        Map<String, BlockStats> stats = devices(session);
        Map<String, LiveDisk> disks =
                session.disks().stream().collect(Collectors.toMap(LiveDisk::target, Function.identity()));
        BlockGraph graph = BlockGraph.query(session);
        Map<String, DiskDevice> devices = session.run().orElseThrow().devices();
        var all = new ArrayList<Disk>();
        for (DomainDisk disk : session.definition().disks()) {
            Optional<BlockStats> device =
                    Optional.ofNullable(devices.get(disk.target())).map(known -> stats.get(known.qdev()));
            Optional<DiskChain> chain =
                    Optional.ofNullable(disks.get(disk.target())).map(graph::chain);
            all.addAll(images(disk, device, chain, backing));
        }
        return all;
    }

    private static List<Disk> images(
            DomainDisk disk, Optional<BlockStats> stats, Optional<DiskChain> chain, boolean backing) {
        var images = new ArrayList<Disk>();
        images.add(image(disk.target(), 0, path(disk), stats, chain.map(DiskChain::active)));
        List<BlockNode> below = chain.map(
                        known -> known.layers().subList(1, known.layers().size()))
                .orElse(List.of());
        for (int i = 0; backing && i < below.size(); i++) {
            BlockNode node = below.get(i);
            images.add(image(
                    disk.target(),
                    i + 1,
                    Optional.of(node.filename()),
                    stats.flatMap(top -> below(top, node.name())),
                    Optional.of(node)));
        }
        return images;
    }

    private static Optional<BlockStats> below(BlockStats top, String node) {
        return top.backing()
                .flatMap(next -> next.nodeName().equals(Optional.of(node)) ? Optional.of(next) : below(next, node));
    }

    private static Disk image(
            String target, int index, Optional<String> path, Optional<BlockStats> stats, Optional<BlockNode> node) {
        return new Disk(
                target,
                index,
                path,
                stats.map(DiskStatistics::requests),
                stats.map(BlockStats::highestOffset).orElse(OptionalLong.empty()),
                node.map(known -> OptionalLong.of(known.image().virtualSizeBytes()))
                        .orElse(OptionalLong.empty()),
                node.flatMap(known -> known.image().actualSizeBytes())
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()));
    }

    private static Requests requests(BlockStats stats) {
        return new Requests(
                stats.reads(),
                stats.readBytes(),
                stats.readTime(),
                stats.writes(),
                stats.writtenBytes(),
                stats.writeTime(),
                stats.flushes(),
                stats.flushTime());
    }
}
