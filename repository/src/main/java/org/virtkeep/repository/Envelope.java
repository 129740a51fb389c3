package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import javax.crypto.AEADBadTagException;

/// The common form of the repository's small objects (`docs/formats/repository.md`, "Objects"): a header
/// of 64 bytes, a body, and the SHA-256 of both. In an encrypted repository the bodies of manifests are
/// encrypted.
final class Envelope {
    static final int HEADER_BYTES = 64;

    /// The longest body. The longest we write is a condemnation of 65,536 packs, 2 MiB.
    static final int MAX_BODY_BYTES = 64 << 20;

    static final int MAX_BYTES = HEADER_BYTES + MAX_BODY_BYTES + (1 << 17) + ContentHash.BYTES;

    private static final long MAGIC = 0x564B_4F42_4A45_4354L; // "VKOBJECT"
    private static final short VERSION = 1;
    private static final byte ENCRYPTED = 1;

    private Envelope() {}

    /// What an object is; the wire value is the type byte.
    enum Type {
        CONFIG(1),
        KEY_SLOT(2),
        MANIFEST(3),
        LEASE(4),
        CONDEMNATION(5),
        WAITS(6),
        DAMAGE(7),
        HOLD(8),
        BROKEN(9);

        private final byte wireValue;

        Type(int wireValue) {
            this.wireValue = (byte) wireValue;
        }
    }

    /// Wraps `body` as it is.
    static ByteBuffer wrap(Type type, UUID repository, byte[] body) {
        ByteBuffer envelope = header(type, repository, body.length, (byte) 0, new byte[32]);
        return finish(envelope.put(body));
    }

    /// Wraps `body`, encrypted if the repository is.
    static ByteBuffer seal(Type type, UUID repository, Keys keys, String name, byte[] body) {
        if (!keys.encrypted()) {
            return wrap(type, repository, body);
        }
        byte[] salt = Digests.random(32);
        byte[] sealed = new byte[SegmentCipher.sealedLength(body.length)];
        ByteBuffer envelope = header(type, repository, sealed.length, ENCRYPTED, salt);
        byte[] associated = associated(envelope, name);
        new SegmentCipher().seal(keys.subkey(salt, Keys.Purpose.OBJECT), 0, associated, body, 0, body.length, sealed);
        return finish(envelope.put(sealed));
    }

    /// The body of object `name`, decrypted if need be.
    ///
    /// @throws RepositoryException.Corrupt if checksum, type, repository or cipher do not fit
    static byte[] open(Storage storage, String name, Type type, UUID repository, Keys keys) throws IOException {
        Parts parts = read(storage, name, type);
        if (!parts.repository.equals(repository)) {
            throw new RepositoryException.Corrupt(
                    "'%s' belongs to another repository, %s, not to %s".formatted(name, parts.repository, repository));
        }
        if (parts.encrypted != (keys.encrypted() && type == Type.MANIFEST)) {
            throw new RepositoryException.Corrupt("'%s' is %sencrypted, against this repository's configuration"
                    .formatted(name, parts.encrypted ? "" : "not "));
        }
        return parts.encrypted ? decrypt(parts, name, keys) : parts.body;
    }

    /// The body and repository id of an object that is never encrypted, before the repository is known.
    static Parts read(Storage storage, String name, Type type) throws IOException {
        ByteBuffer all = storage.readAll(name, MAX_BYTES);
        int end = all.remaining() - ContentHash.BYTES;
        if (end < HEADER_BYTES || all.getLong(0) != MAGIC) {
            throw new RepositoryException.Corrupt("'%s' is not an object of a virtkeep repository".formatted(name));
        }
        if (!Digests.sha256(all.slice(0, end)).equals(ContentHash.read(all.slice(end, ContentHash.BYTES)))) {
            throw new RepositoryException.Corrupt("'%s' is damaged: its checksum does not fit".formatted(name));
        }
        if (all.getShort(8) != VERSION) {
            throw new RepositoryException.UnsupportedVersion(
                    "'%s' has format version %d, this virtkeep knows %d; use a newer one"
                            .formatted(name, all.getShort(8), VERSION));
        }
        if (all.get(10) != type.wireValue || all.getInt(12) != end - HEADER_BYTES || (all.get(11) & ~ENCRYPTED) != 0) {
            throw new RepositoryException.Corrupt("'%s' is not what its name says".formatted(name));
        }
        return Parts.of(all, end);
    }

    /// @param header the first 64 bytes, which the cipher covers
    record Parts(UUID repository, boolean encrypted, byte[] header, byte[] body) {

        private static Parts of(ByteBuffer all, int end) {
            byte[] header = new byte[HEADER_BYTES];
            byte[] body = new byte[end - HEADER_BYTES];
            all.get(0, header).get(HEADER_BYTES, body);
            var repository = new UUID(all.getLong(16), all.getLong(24));
            return new Parts(repository, all.get(11) == ENCRYPTED, header, body);
        }
    }

    private static byte[] decrypt(Parts parts, String name, Keys keys) throws IOException {
        int length = SegmentCipher.plainLength(parts.body.length);
        if (length < 0) {
            throw new RepositoryException.Corrupt("'%s' has an impossible length".formatted(name));
        }
        byte[] salt = new byte[32];
        ByteBuffer.wrap(parts.header).get(32, salt);
        byte[] plain = new byte[length];
        byte[] associated = associated(ByteBuffer.wrap(parts.header), name);
        try {
            new SegmentCipher()
                    .open(
                            keys.subkey(salt, Keys.Purpose.OBJECT),
                            0,
                            associated,
                            parts.body,
                            0,
                            parts.body.length,
                            plain);
        } catch (AEADBadTagException e) {
            throw new RepositoryException.Corrupt("'%s' was changed: its seal does not fit".formatted(name), e);
        }
        return plain;
    }

    private static ByteBuffer header(Type type, UUID repository, int bodyLength, byte flags, byte[] salt) {
        if (bodyLength > MAX_BODY_BYTES + (1 << 17)) {
            throw new IllegalArgumentException("a body of %d bytes".formatted(bodyLength));
        }
        return ByteBuffer.allocate(HEADER_BYTES + bodyLength + ContentHash.BYTES)
                .putLong(MAGIC)
                .putShort(VERSION)
                .put(type.wireValue)
                .put(flags)
                .putInt(bodyLength)
                .put(Keys.bytes(repository))
                .put(salt);
    }

    private static byte[] associated(ByteBuffer envelope, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        byte[] associated = new byte[HEADER_BYTES + text.length];
        envelope.get(0, associated, 0, HEADER_BYTES);
        System.arraycopy(text, 0, associated, HEADER_BYTES, text.length);
        return associated;
    }

    private static ByteBuffer finish(ByteBuffer envelope) {
        Digests.sha256(envelope.slice(0, envelope.position())).write(envelope);
        return envelope.flip();
    }
}
