package org.virtkeep.repository;

import java.nio.ByteBuffer;

/// The 56 bytes before every entry of a pack, and once more in the pack's directory. Immutable.
///
/// @param compressed whether the content is a zstd frame
/// @param ordinal the entry's number in its pack, from 0
/// @param rawLength length of the content, before compression
/// @param storedLength length of what follows this header in the pack
/// @param crc CRC-32C of this header with a zero in the place of `crc`, and of the stored bytes
/// @param id hash of the content
record EntryHeader(
        EntryKind kind, boolean compressed, int ordinal, int rawLength, int storedLength, int crc, ContentHash id) {
    static final int BYTES = 56;
    static final int MAGIC = 0x564B_454E; // "VKEN"

    /// The largest content of an entry.
    static final int MAX_RAW_BYTES = RepositoryConfig.MAX_CHUNK_BYTES;

    /// The largest stored form: raw, with the cipher's tags.
    static final int MAX_STORED_BYTES =
            MAX_RAW_BYTES + MAX_RAW_BYTES / SegmentCipher.SEGMENT_BYTES * SegmentCipher.TAG_BYTES;

    /// Reads 56 bytes at the buffer's position and moves it.
    ///
    /// @throws RepositoryException.Corrupt if they cannot be a header
    static EntryHeader read(ByteBuffer from) throws RepositoryException.Corrupt {
        int magic = from.getInt();
        int kind = from.get();
        int encoding = from.get();
        int reserved = from.getShort();
        int ordinal = from.getInt();
        int rawLength = from.getInt();
        int storedLength = from.getInt();
        int crc = from.getInt();
        ContentHash id = ContentHash.read(from);
        boolean sane = magic == MAGIC && (encoding == 0 || encoding == 1) && reserved == 0 && ordinal >= 0;
        boolean sized =
                rawLength > 0 && rawLength <= MAX_RAW_BYTES && storedLength > 0 && storedLength <= MAX_STORED_BYTES;
        if (!sane || !sized) {
            throw new RepositoryException.Corrupt("no entry header where one should be");
        }
        return new EntryHeader(EntryKind.of(kind), encoding == 1, ordinal, rawLength, storedLength, crc, id);
    }

    void write(ByteBuffer to) {
        write(to, crc);
    }

    private void write(ByteBuffer to, int checksum) {
        to.putInt(MAGIC).put(kind.wireValue).put((byte) (compressed ? 1 : 0)).putShort((short) 0);
        to.putInt(ordinal).putInt(rawLength).putInt(storedLength).putInt(checksum);
        id.write(to);
    }

    /// This header with the checksum that belongs to `stored`'s remaining bytes.
    EntryHeader sealed(ByteBuffer stored) {
        return new EntryHeader(kind, compressed, ordinal, rawLength, storedLength, checksum(stored), id);
    }

    /// Whether the checksum fits `stored`'s remaining bytes.
    boolean fits(ByteBuffer stored) {
        return crc == checksum(stored);
    }

    private int checksum(ByteBuffer stored) {
        ByteBuffer header = ByteBuffer.allocate(BYTES);
        write(header, 0);
        return Digests.crc32c(header.flip(), stored);
    }

    /// What the cipher authenticates with every segment: repository, and this header with a zero checksum.
    byte[] associated(byte[] repository) {
        ByteBuffer associated = ByteBuffer.allocate(repository.length + BYTES);
        write(associated.put(repository), 0);
        return associated.array();
    }

    /// Bytes of header and content in the pack.
    int totalLength() {
        return BYTES + storedLength;
    }
}
