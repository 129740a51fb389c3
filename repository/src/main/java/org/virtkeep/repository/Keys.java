package org.virtkeep.repository;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.UUID;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What depends on whether a repository is encrypted: how chunks get their ids, and the keys below the
/// data key. Immutable and thread-safe.
abstract sealed class Keys {

    /// Length of the data key and of every key made from it, in bytes.
    static final int KEY_BYTES = 32;

    private static final byte[] ID_INFO = "virtkeep chunk id".getBytes(StandardCharsets.US_ASCII);

    /// The id of a chunk or map page with these bytes.
    final ContentHash id(byte[] content, int offset, int length) {
        return id(ByteBuffer.wrap(content, offset, length));
    }

    /// The same for what remains in `content`, whose position stays.
    abstract ContentHash id(ByteBuffer content);

    /// Whether packs and manifests are encrypted.
    abstract boolean encrypted();

    /// The key for one pack or object, which has drawn `salt` at random and uses it for itself alone.
    abstract SecretKey subkey(byte[] salt, Purpose purpose);

    /// What a subkey is used for; its text is the HKDF info.
    enum Purpose {
        PACK("virtkeep pack"),
        OBJECT("virtkeep object");

        private final byte[] info;

        Purpose(String info) {
            this.info = info.getBytes(StandardCharsets.US_ASCII);
        }
    }

    static Keys plain() {
        return new Plain();
    }

    static Keys secret(byte[] dataKey, UUID repository) {
        return new Secret(dataKey, repository);
    }

    /// HKDF (RFC 5869) with SHA-256: extract with `salt`, expand with `info` to a key of 32 bytes.
    static SecretKey hkdf(byte[] input, byte[] salt, byte[] info) {
        try {
            var parameters = HKDFParameterSpec.ofExtract()
                    .addIKM(new SecretKeySpec(input, "Generic"))
                    .addSalt(salt)
                    .thenExpand(info, KEY_BYTES);
            return KDF.getInstance("HKDF-SHA256").deriveKey("AES", parameters);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HKDF-SHA256", e);
        }
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static final class Plain extends Keys {

        @Override
        ContentHash id(ByteBuffer content) {
            MessageDigest digest = Digests.sha256();
            digest.update(content.duplicate());
            return ContentHash.of(digest.digest());
        }

        @Override
        boolean encrypted() {
            return false;
        }

        @Override
        SecretKey subkey(byte[] salt, Purpose purpose) {
            throw new IllegalStateException("the repository is not encrypted");
        }
    }

    private static final class Secret extends Keys {
        private final byte[] dataKey;
        private final byte[] repository;
        private final SecretKey idKey;

        Secret(byte[] dataKey, UUID repository) {
            this.dataKey = dataKey.clone();
            this.repository = bytes(repository);
            this.idKey = hkdf(dataKey, this.repository, ID_INFO);
        }

        @Override
        ContentHash id(ByteBuffer content) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(idKey);
                mac.update(content.duplicate());
                return ContentHash.of(mac.doFinal());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java has no HmacSHA256", e);
            }
        }

        @Override
        boolean encrypted() {
            return true;
        }

        @Override
        SecretKey subkey(byte[] salt, Purpose purpose) {
            byte[] info = ByteBuffer.allocate(purpose.info.length + repository.length)
                    .put(purpose.info)
                    .put(repository)
                    .array();
            return hkdf(dataKey, salt, info);
        }

        @Override
        public String toString() {
            return "***";
        }
    }
}
