package org.virtkeep.qemu.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// An empty qcow2 image as QEMU makes it by default: version 3, clusters of 64 KiB, reference counts of 16 bits
/// (QEMU's docs/interop/qcow2.txt). It says whose it is, in a header extension that others pass over. Stateless.
public final class EmptyQcow2 {
    private static final int MAGIC = 0x514649fb;
    private static final int VERSION = 3;
    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER_BYTES = 1 << CLUSTER_BITS;
    /// What one entry of the first table is about: a cluster of entries with 8 bytes, each for a cluster.
    private static final long ENTRY_COVERS = (long) CLUSTER_BYTES / Long.BYTES * CLUSTER_BYTES;
    private static final int REFCOUNT_ORDER = 4;
    private static final int HEADER_BYTES = 104;

    /// "vkow".
    private static final int OWNER_EXTENSION = 0x766b6f77;

    private static final int EXTENSION_HEADER_BYTES = 8;
    private static final int MAX_OWNER_BYTES = 64;

    private static final int REFCOUNT_TABLE = CLUSTER_BYTES;
    private static final int REFCOUNT_BLOCK = 2 * CLUSTER_BYTES;
    private static final int L1_TABLE = 3 * CLUSTER_BYTES;

    private EmptyQcow2() {}

    /// The image's bytes.
    ///
    /// @param size  virtual size in bytes, a multiple of 512
    /// @param owner at most 64 bytes
    public static byte[] of(long size, String owner) {
        int l1Entries = Math.toIntExact(Math.ceilDiv(size, ENTRY_COVERS));
        ByteBuffer image = ByteBuffer.allocate(L1_TABLE + l1Entries * Long.BYTES);
        writeHeader(image, size, l1Entries);
        writeOwner(image, owner.getBytes(StandardCharsets.UTF_8));
        image.putLong(REFCOUNT_TABLE, REFCOUNT_BLOCK);
        for (int cluster = 0; cluster < Math.ceilDiv(image.capacity(), CLUSTER_BYTES); cluster++) {
            image.putShort(REFCOUNT_BLOCK + cluster * Short.BYTES, (short) 1);
        }
        return image.array();
    }

    private static void writeHeader(ByteBuffer image, long size, int l1Entries) {
        image.putInt(MAGIC).putInt(VERSION);
        image.putLong(0).putInt(0); // no backing file
        image.putInt(CLUSTER_BITS).putLong(size);
        image.putInt(0); // not encrypted
        image.putInt(l1Entries).putLong(L1_TABLE);
        image.putLong(REFCOUNT_TABLE).putInt(1);
        image.putInt(0).putLong(0); // no snapshots
        image.putLong(0).putLong(0).putLong(0); // no features
        image.putInt(REFCOUNT_ORDER).putInt(HEADER_BYTES);
    }

    private static void writeOwner(ByteBuffer image, byte[] owner) {
        if (owner.length > MAX_OWNER_BYTES) {
            throw new IllegalArgumentException("the owner's name has %d bytes".formatted(owner.length));
        }
        image.putInt(OWNER_EXTENSION).putInt(owner.length).put(owner); // the rest, and the end of the list, is zero
    }

    /// Whose image a file is that was filled by [#of] and perhaps used since.
    ///
    /// @return empty if the file does not say so, or if there is none
    public static Optional<String> owner(Path file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(HEADER_BYTES + EXTENSION_HEADER_BYTES + MAX_OWNER_BYTES);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (start.hasRemaining() && channel.read(start) >= 0) {}
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
        boolean ours = !start.hasRemaining()
                && start.getInt(0) == MAGIC
                && start.getInt(HEADER_BYTES) == OWNER_EXTENSION
                && Integer.compareUnsigned(start.getInt(HEADER_BYTES + Integer.BYTES), MAX_OWNER_BYTES) <= 0;
        return ours
                ? Optional.of(new String(
                        start.array(),
                        HEADER_BYTES + EXTENSION_HEADER_BYTES,
                        start.getInt(HEADER_BYTES + Integer.BYTES),
                        StandardCharsets.UTF_8))
                : Optional.empty();
    }
}
