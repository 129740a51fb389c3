package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.DiskInfo;

/// Makes what a disk of a backup is restored to. The caller closes it.
public final class DiskTargets {
    private DiskTargets() {}

    /// Formats of image files.
    public enum Format {
        QCOW2,
        RAW;

        /// As the option and the ending of a file's name have it.
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        /// That of the image which the disk was backed up from, as far as it can be made; else qcow2.
        public static Format of(DiskInfo disk) {
            return disk.labels().getOrDefault(DomainFiles.FORMAT, "").equals("raw") ? RAW : QCOW2;
        }
    }

    /// An image file, with the options that the original had where the backup knows them. Until it is
    /// whole, it is called `FILE.partial`.
    ///
    /// @param replace an existing file is replaced, in the end
    /// @throws FileAlreadyExistsException if it exists and is not to be replaced
    public static DiskTarget image(Path file, Format format, DiskInfo disk, boolean replace) throws IOException {
        return switch (format) {
            case RAW -> new RawFile(file, disk.sizeBytes(), replace);
            case QCOW2 -> new Qcow2File(file, disk.sizeBytes(), Qcow2Options.of(disk), replace);
        };
    }

    /// A block device, which is written from front to back; what is behind the disk's end stays. It is locked as
    /// QEMU locks images, so that no QEMU opens it meanwhile.
    ///
    /// @throws VirtException INVALID_ARG if it is smaller than the disk, RESOURCE_BUSY if it is in use; nothing
    ///     was written then
    public static DiskTarget device(Path device, DiskInfo disk) throws IOException {
        DeviceUse.requireFree(device);
        FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE);
        try {
            requireRoom(channel, device, disk);
            if (channel.tryLock() == null) {
                throw DeviceUse.busy(device, "another process has locked it");
            }
            return new RawStream(channel, disk.sizeBytes(), true);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void requireRoom(FileChannel channel, Path device, DiskInfo disk) throws IOException {
        long room = channel.size();
        if (room < disk.sizeBytes()) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.STORAGE,
                    "device '%s' has %d bytes, but disk '%s' needs %d"
                            .formatted(device, room, disk.name(), disk.sizeBytes()));
        }
    }

    /// A stream of all bytes, which stays the caller's.
    public static DiskTarget stream(WritableByteChannel channel, DiskInfo disk) {
        return new RawStream(channel, disk.sizeBytes(), false);
    }
}
