package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qmp.QmpCommand;

/// How large a disk is. Stateless.
final class BlockSizes {
    /// `st_blocks` counts these, whatever the file system's own blocks are.
    private static final long BYTES_PER_BLOCK = 512;

    private BlockSizes() {}

    /// @throws VirtException INVALID_ARG if there is no such disk, or nothing in it; SYSTEM_ERROR if its image
    ///     cannot be looked at
    static BlockInfo of(DomainSession session, String target) {
        DomainDisk disk = session.definition()
                .disk(target)
                .orElseThrow(() -> invalid("domain '%s' has no disk '%s'".formatted(session.name(), target)));
        DiskSource source = disk.source()
                .orElseThrow(() -> invalid("drive '%s' of domain '%s' is empty".formatted(target, session.name())));
        Optional<LiveDisk> live = session.isActive() ? Optional.of(session.disk(target)) : Optional.empty();
        long capacity = live.map(LiveDisk::virtualSizeBytes).orElseGet(() -> ImageChain.virtualSizeBytes(disk));
        return switch (source) {
            case DiskSource.File(String path) -> fileInfo(capacity, Path.of(path));
            case DiskSource.Block(String path) -> deviceInfo(session, live, capacity, Path.of(path));
            case DiskSource.Nbd _ -> new BlockInfo(capacity, capacity, capacity);
        };
    }

    private static VirtException invalid(String message) {
        return VirtException.qemu(ErrorCode.INVALID_ARG, message);
    }

    private static BlockInfo fileInfo(long capacity, Path path) {
        try {
            long allocation = ((Number) Files.getAttribute(path, "unix:blocks")).longValue() * BYTES_PER_BLOCK;
            return new BlockInfo(capacity, allocation, Files.size(path));
        } catch (IOException e) {
            throw Durable.failure("look at image", path, e);
        }
    }

    private static BlockInfo deviceInfo(DomainSession session, Optional<LiveDisk> live, long capacity, Path path) {
        try (var device = FileChannel.open(path, StandardOpenOption.READ)) {
            long physical = device.size();
            long allocation = live.map(disk -> session.execute(new HighestOffset(disk.qdev())))
                    .orElse(OptionalLong.empty())
                    .orElse(physical);
            return new BlockInfo(capacity, allocation, physical);
        } catch (IOException e) {
            throw Durable.failure("look at image", path, e);
        }
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
