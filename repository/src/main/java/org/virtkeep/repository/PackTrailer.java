package org.virtkeep.repository;

import java.nio.ByteBuffer;

/// The last 64 bytes of a pack. Immutable.
///
/// @param entries how many entries the pack has
/// @param directoryOffset where the copies of their headers begin
/// @param pack the pack's id: SHA-256 of header, directory and the first 32 bytes of this trailer. As the
///     directory has the id and a checksum of each entry, the id stands for the whole content
record PackTrailer(int entries, long directoryOffset, ContentHash pack) {
    static final int BYTES = 64;
    private static final int HASHED_BYTES = 32;
    private static final long MAGIC = 0x564B_5041_434B_4449L; // "VKPACKDI"

    /// Makes the trailer of a pack from its header and directory.
    static PackTrailer of(ByteBuffer header, ByteBuffer directory, int entries, long directoryOffset) {
        ByteBuffer start = start(entries, directoryOffset);
        return new PackTrailer(entries, directoryOffset, Digests.sha256(header, directory, start));
    }

    private static ByteBuffer start(int entries, long directoryOffset) {
        return ByteBuffer.allocate(HASHED_BYTES)
                .putLong(MAGIC)
                .putInt(entries)
                .putInt(0)
                .putLong(directoryOffset)
                .putLong(0)
                .flip();
    }

    void write(ByteBuffer to) {
        to.put(start(entries, directoryOffset));
        pack.write(to);
    }

    /// @param packBytes the size of the whole pack, which the numbers must fit
    static PackTrailer read(ByteBuffer from, long packBytes) throws RepositoryException.Corrupt {
        long magic = from.getLong();
        int entries = from.getInt();
        int reserved = from.getInt();
        long offset = from.getLong();
        long reserved2 = from.getLong();
        boolean fits = entries > 0 && offset + (long) entries * EntryHeader.BYTES + BYTES == packBytes;
        if (magic != MAGIC || reserved != 0 || reserved2 != 0 || offset < PackHeader.BYTES || !fits) {
            throw new RepositoryException.Corrupt("pack without a trailer");
        }
        return new PackTrailer(entries, offset, ContentHash.read(from));
    }
}
