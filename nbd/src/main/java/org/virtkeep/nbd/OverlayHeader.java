package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The first 4 KiB of an overlay file, which never change. Immutable.
///
/// @param identity 32 bytes that stand for the content below the overlay
record OverlayHeader(byte[] identity, long sizeBytes) {
    static final int BYTES = 4096;

    private static final byte[] MAGIC = "VKOVRLAY".getBytes(StandardCharsets.US_ASCII);
    private static final short VERSION = 1;
    private static final int IDENTITY_BYTES = 32;
    private static final int CHECKSUM_AT = BYTES - Integer.BYTES;

    /// 64 TiB: states stay below a gigabyte.
    private static final long MAX_SIZE_BYTES = 1L << 46;

    static OverlayHeader of(byte[] identity, long sizeBytes) throws OverlayException {
        if (identity.length != IDENTITY_BYTES) {
            throw new IllegalArgumentException("an identity of %d bytes".formatted(identity.length));
        }
        if (sizeBytes > MAX_SIZE_BYTES) {
            throw new OverlayException("an overlay can be of 64 TiB at most, not of %d bytes".formatted(sizeBytes));
        }
        return new OverlayHeader(identity.clone(), sizeBytes);
    }

    long blocks() {
        return Math.ceilDiv(sizeBytes, OverlayFile.BLOCK_BYTES);
    }

    /// Where the first block stands.
    long dataOffset() {
        long states = BYTES + blocks();
        return Math.ceilDiv(states, OverlayFile.BLOCK_BYTES) * OverlayFile.BLOCK_BYTES;
    }

    private ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES)
                .put(MAGIC)
                .putShort(VERSION)
                .putShort((short) 0)
                .putInt(OverlayFile.BLOCK_BYTES)
                .putLong(sizeBytes)
                .putLong(BYTES)
                .putLong(dataOffset())
                .put(identity);
        return bytes.putInt(CHECKSUM_AT, checksum(bytes.array())).rewind();
    }

    private static int checksum(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes, 0, CHECKSUM_AT);
        return (int) crc.getValue();
    }

    /// Writes the header to a new file, durably, or compares it with the one that is there.
    ///
    /// @throws OverlayException if the file is no overlay, or one of something else
    void createOrCheck(FileChannel channel, Path path) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(BYTES);
        while (found.hasRemaining() && channel.read(found, found.position()) > 0) {
            continue;
        }
        if (isUnfinished(found.flip(), channel.size())) {
            create(channel, path);
        } else {
            check(found, path);
        }
    }

    /// A file that is empty, or in whose creation we died: nothing but a part of a header.
    private static boolean isUnfinished(ByteBuffer found, long fileBytes) {
        if (fileBytes > BYTES) {
            return false;
        }
        byte[] bytes = Arrays.copyOf(found.array(), BYTES);
        boolean zeros = Arrays.equals(bytes, new byte[BYTES]);
        boolean ours = Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
        return zeros || ours && !isWhole(bytes);
    }

    private static boolean isWhole(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt(CHECKSUM_AT) == checksum(bytes);
    }

    private void create(FileChannel channel, Path path) throws IOException {
        ByteBuffer bytes = encode();
        while (bytes.hasRemaining()) {
            channel.write(bytes, bytes.position());
        }
        channel.force(true);
        Path folder = path.toAbsolutePath().getParent();
        try (var parent = FileChannel.open(folder)) {
            parent.force(true);
        }
    }

    private void check(ByteBuffer found, Path path) throws OverlayException {
        byte[] bytes = Arrays.copyOf(found.array(), BYTES);
        if (found.limit() < BYTES || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new OverlayException("'%s' exists and is no overlay; choose another file".formatted(path));
        }
        if (!isWhole(bytes)) {
            throw new OverlayException("the header of overlay '%s' is damaged".formatted(path));
        }
        if (ByteBuffer.wrap(bytes).getShort(MAGIC.length) != VERSION) {
            throw new OverlayException("overlay '%s' was made by a newer virtkeep; use that one".formatted(path));
        }
        if (!Arrays.equals(bytes, encode().array())) {
            throw new OverlayException(
                    "overlay '%s' belongs to another restore point or disk; choose another file".formatted(path));
        }
    }
}
