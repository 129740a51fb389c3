package org.virtkeep.repository;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.zip.CRC32C;

/// The checksums of the format, and random bytes. Stateless.
final class Digests {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /// The SHA-256 of the buffers' remaining bytes, one after the other. Moves no position.
    static ContentHash sha256(ByteBuffer... parts) {
        MessageDigest digest = sha256();
        for (ByteBuffer part : parts) {
            digest.update(part.duplicate());
        }
        return ContentHash.of(digest.digest());
    }

    /// The CRC-32C of the buffers' remaining bytes, one after the other. Moves no position.
    static int crc32c(ByteBuffer... parts) {
        var crc = new CRC32C();
        for (ByteBuffer part : parts) {
            crc.update(part.duplicate());
        }
        return (int) crc.getValue();
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
