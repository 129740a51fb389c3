package org.virtkeep.repository;

import java.nio.ByteBuffer;
import java.util.UUID;

/// The first 64 bytes of a pack. The salt is random in every pack: it makes pack names unique, which
/// pruning needs, and in an encrypted repository gives the pack its own key. Immutable.
record PackHeader(boolean encrypted, UUID repository, byte[] salt) {
    static final int BYTES = 64;
    static final int SALT_BYTES = 32;
    private static final long MAGIC = 0x564B_5041_434B_0D0AL; // "VKPACK\r\n"
    private static final short VERSION = 1;

    void write(ByteBuffer to) {
        to.putLong(MAGIC)
                .putShort(VERSION)
                .putShort((short) (encrypted ? 1 : 0))
                .putInt(0);
        to.putLong(repository.getMostSignificantBits()).putLong(repository.getLeastSignificantBits());
        to.put(salt);
    }

    /// Reads 64 bytes at the buffer's position and moves it.
    static PackHeader read(ByteBuffer from) throws RepositoryException {
        if (from.getLong() != MAGIC) {
            throw new RepositoryException.Corrupt("not a pack");
        }
        short version = from.getShort();
        if (version != VERSION) {
            throw new RepositoryException.UnsupportedVersion(
                    "pack of version %d, this virtkeep knows %d".formatted(version, VERSION));
        }
        short flags = from.getShort();
        int reserved = from.getInt();
        if ((flags & ~1) != 0 || reserved != 0) {
            throw new RepositoryException.Corrupt("pack header with unknown flags");
        }
        var repository = new UUID(from.getLong(), from.getLong());
        byte[] salt = new byte[SALT_BYTES];
        from.get(salt);
        return new PackHeader(flags == 1, repository, salt);
    }
}
