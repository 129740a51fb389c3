package org.virtkeep.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/// The writer's sequence: what record n is, where it goes and which bytes it has. The same arithmetic as
/// `testkit/guest/sequence.c`. Immutable.
final class Sequence {

    private static final byte[] MAGIC = "VKRECORD".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_FIELDS_BYTES = 64;
    private static final int PAYLOAD_CRC = 56;
    private static final int HEADER_CRC = 60;

    private final Geometry geometry;

    Sequence(Geometry geometry) {
        this.geometry = geometry;
    }

    /// What a record does to its range after the header block.
    enum Kind {
        DATA,
        ZERO,
        /// Afterwards the range reads as before or as zeros, block by block.
        DISCARD
    }

    /// One record: `blocks` blocks from block `start` of disk `disk`, the first of them its header block.
    record Entry(long sequence, int disk, Kind kind, int start, int blocks) {

        boolean covers(int onDisk, int block) {
            return onDisk == disk && block >= start && block < start + blocks;
        }
    }

    Geometry geometry() {
        return geometry;
    }

    Entry entry(long sequence) {
        long size = mix(geometry.seed() ^ mix(sequence));
        long place = mix(size);
        long chance = Long.remainderUnsigned(mix(place), 1000);
        int classes = Integer.numberOfTrailingZeros(geometry.maxBlocks()) + 1;
        int blocks = 1 << Long.remainderUnsigned(size, classes);
        int start = 1 + (int) Long.remainderUnsigned(place, geometry.regionBlocks() - blocks);
        int disk = (int) Long.remainderUnsigned(sequence, geometry.disks());
        return new Entry(sequence, disk, kind(chance), start, blocks);
    }

    private Kind kind(long chance) {
        if (chance < geometry.zeroPermille()) {
            return Kind.ZERO;
        }
        return chance < geometry.zeroPermille() + geometry.discardPermille() ? Kind.DISCARD : Kind.DATA;
    }

    /// The bytes that are written in one piece: header block, and payload of a record of kind DATA.
    byte[] bytes(Entry entry) {
        int blocks = entry.kind() == Kind.DATA ? entry.blocks() : 1;
        var bytes = new byte[blocks * Geometry.BLOCK_BYTES];
        for (int i = 0; i < blocks; i++) {
            fill(entry.sequence(), i, bytes, i * Geometry.BLOCK_BYTES);
        }
        header(entry, bytes);
        return bytes;
    }

    /// Block `index` of the record as it is on the disk, for any block but those of a range that was cleared.
    byte[] block(Entry entry, int index) {
        if (index == 0) {
            return Arrays.copyOf(bytes(entry), Geometry.BLOCK_BYTES);
        }
        var block = new byte[Geometry.BLOCK_BYTES];
        fill(entry.sequence(), index, block, 0);
        return block;
    }

    /// The sequence number of a whole header block found at this place; empty if it is anything else.
    OptionalLong headerAt(int disk, int block, byte[] bytes, int offset) {
        if (!Arrays.equals(bytes, offset, offset + MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return OptionalLong.empty();
        }
        var fields =
                ByteBuffer.wrap(bytes, offset, Geometry.BLOCK_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
        long sequence = fields.getLong(16);
        if (fields.getLong(8) != geometry.run() || sequence <= 0) {
            return OptionalLong.empty();
        }
        Entry entry = entry(sequence);
        boolean here = entry.disk() == disk && entry.start() == block;
        return here && isWhole(bytes, offset) ? OptionalLong.of(sequence) : OptionalLong.empty();
    }

    private static boolean isWhole(byte[] bytes, int offset) {
        byte[] copy = Arrays.copyOfRange(bytes, offset, offset + Geometry.BLOCK_BYTES);
        var fields = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        int written = fields.getInt(HEADER_CRC);
        fields.putInt(HEADER_CRC, 0);
        return crc(copy, 0, copy.length) == written;
    }

    private void header(Entry entry, byte[] bytes) {
        int payloadBytes = bytes.length - Geometry.BLOCK_BYTES;
        Arrays.fill(bytes, 0, HEADER_FIELDS_BYTES, (byte) 0);
        var fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        fields.put(MAGIC).putLong(geometry.run()).putLong(entry.sequence()).putLong(entry.start());
        fields.putInt(entry.disk())
                .putInt(entry.kind().ordinal())
                .putInt(entry.blocks())
                .putInt(payloadBytes);
        fields.putInt(PAYLOAD_CRC, crc(bytes, Geometry.BLOCK_BYTES, payloadBytes));
        fields.putInt(HEADER_CRC, crc(bytes, 0, Geometry.BLOCK_BYTES));
    }

    private void fill(long sequence, int index, byte[] into, int offset) {
        long word = mix(mix(mix(geometry.run() ^ geometry.seed()) + sequence) + index);
        boolean noise = Long.remainderUnsigned(word, 3) != 0;
        var block = ByteBuffer.wrap(into, offset, Geometry.BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (block.hasRemaining()) {
            block.putLong(word);
            if (noise) {
                word ^= word << 13;
                word ^= word >>> 7;
                word ^= word << 17;
            }
        }
    }

    private static int crc(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    /// The finalizer of SplitMix64.
    private static long mix(long x) {
        long z = x + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
