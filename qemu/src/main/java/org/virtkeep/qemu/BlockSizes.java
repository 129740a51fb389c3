package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import org.virtkeep.api.BlockInfo;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.ImageChain;
import org.virtkeep.qemu.machine.ImageChain.ImageSize;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QueryBlock;

/// How large a disk is. Stateless.
final class BlockSizes {
    private BlockSizes() {}

    /// @throws VirtException INVALID_ARG if there is no such disk, or nothing in it; SYSTEM_ERROR if its
    ///     image cannot be looked at
    static BlockInfo of(DomainSession session, String target) {
        DomainDisk disk = session.definition()
                .disk(target)
                .orElseThrow(() -> invalid("domain '%s' has no disk '%s'".formatted(session.name(), target)));
        DiskSource source = disk.source()
                .orElseThrow(() -> invalid("drive '%s' of domain '%s' is empty".formatted(target, session.name())));
        ImageSize size = session.isActive() ? live(session, target) : ImageChain.size(disk);
        long capacity = size.virtualSizeBytes();
        return switch (source) {
            case DiskSource.File(String path) -> new BlockInfo(capacity, size.allocatedBytes(), bytes(Path.of(path)));
            case DiskSource.Block(String path) -> {
                long physical = bytes(Path.of(path));
                yield new BlockInfo(capacity, highestOffset(session, target).orElse(physical), physical);
            }
            case DiskSource.Nbd _ -> new BlockInfo(capacity, capacity, capacity);
        };
    }

    private static VirtException invalid(String message) {
        return VirtException.qemu(ErrorCode.INVALID_ARG, message);
    }

    private static ImageSize live(DomainSession session, String target) {
        LiveDisk disk = session.disk(target);
        Optional<Long> allocated = session.execute(new QueryBlock()).stream()
                .filter(backend -> backend.qdev().equals(Optional.of(disk.qdev())))
                .flatMap(backend -> backend.inserted().stream())
                .flatMap(node -> node.image().actualSizeBytes().stream())
                .findFirst();
        return new ImageSize(disk.virtualSizeBytes(), allocated.orElse(0L));
    }

    /// Also works for a block device.
    private static long bytes(Path path) {
        try (var file = FileChannel.open(path, StandardOpenOption.READ)) {
            return file.size();
        } catch (IOException e) {
            throw Durable.failure("look at image", path, e);
        }
    }

    private static OptionalLong highestOffset(DomainSession session, String target) {
        return session.isActive()
                ? session.execute(new HighestOffset(session.disk(target).qdev()))
                : OptionalLong.empty();
    }

    /// `query-blockstats` (qapi/block-core.json, since 0.14): behind the last byte written to the device that
    /// holds an image, as far as QEMU knows.
    private record HighestOffset(String qdev) implements QmpCommand<OptionalLong> {
        @Override
        public String name() {
            return "query-blockstats";
        }

        @Override
        public OptionalLong decode(JsonNode result) {
            for (JsonNode device : result) {
                if (device.path("qdev").asText().equals(qdev)) {
                    JsonNode offset = device.path("parent").path("stats").path("wr_highest_offset");
                    return offset.asLong() > 0 ? OptionalLong.of(offset.asLong()) : OptionalLong.empty();
                }
            }
            return OptionalLong.empty();
        }
    }
}
