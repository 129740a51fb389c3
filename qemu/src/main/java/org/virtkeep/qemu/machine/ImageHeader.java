package org.virtkeep.qemu.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDisk;

/// Reads how large a disk is without another program, for long lists. Stateless.
public final class ImageHeader {
    /// QEMU's docs/interop/qcow2.txt: the magic number, and where the size of the disk is.
    private static final int MAGIC = 0x514649fb;

    private static final int SIZE_OFFSET = 24;
    private static final int HEADER_BYTES = 32;

    private ImageHeader() {}

    /// What a guest sees; empty if it cannot be told.
    public static OptionalLong capacity(DomainDisk disk) {
        return disk.format().equals("raw") ? fileSize(disk) : qcow2(disk);
    }

    /// The length of the image's file or device; empty if it cannot be told.
    public static OptionalLong fileSize(DomainDisk disk) {
        Optional<Path> path = path(disk);
        if (path.isEmpty()) {
            return OptionalLong.empty();
        }
        try (var file = FileChannel.open(path.get(), StandardOpenOption.READ)) {
            return OptionalLong.of(file.size());
        } catch (IOException _) {
            return OptionalLong.empty(); // the other disks are told all the same
        }
    }

    private static OptionalLong qcow2(DomainDisk disk) {
        Optional<Path> path = path(disk);
        if (path.isEmpty()) {
            return OptionalLong.empty();
        }
        var header = ByteBuffer.allocate(HEADER_BYTES);
        try (var file = FileChannel.open(path.get(), StandardOpenOption.READ)) {
            boolean whole = file.read(header, 0) == HEADER_BYTES;
            return whole && header.getInt(0) == MAGIC
                    ? OptionalLong.of(header.getLong(SIZE_OFFSET))
                    : OptionalLong.empty();
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }

    private static Optional<Path> path(DomainDisk disk) {
        return disk.source().flatMap(source -> switch (source) {
            case DiskSource.File(String path) -> Optional.of(Path.of(path));
            case DiskSource.Block(String path) -> Optional.of(Path.of(path));
            case DiskSource.Nbd _ -> Optional.empty();
        });
    }
}
