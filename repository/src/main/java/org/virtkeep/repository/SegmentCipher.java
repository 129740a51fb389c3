package org.virtkeep.repository;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// AES-256-GCM over segments of 16 KiB, each with its own tag.
///
/// Segments, and not one call per chunk, because the JDK holds back all plain text of a decryption until
/// its end, and because small calls are compiled early: whole chunks of 256 KiB ran at 50 MiB/s for the
/// first two seconds of a process, segments of 16 KiB at more than 1 GiB/s after half a second.
///
/// The nonce of a segment is the entry's ordinal (4 bytes), the segment's number (4 bytes) and 4 zero
/// bytes. It is unique because every pack and every object has a key of its own and ordinals are given out
/// once. Confined to one thread.
final class SegmentCipher {

    /// Plain bytes of every segment but the last of an entry, which has 0 (if it is the only one) to 16
    /// KiB.
    static final int SEGMENT_BYTES = 16 << 10;

    static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;

    private final Cipher cipher;
    private final ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES);

    SegmentCipher() {
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES/GCM", e);
        }
    }

    static int sealedLength(int plainLength) {
        return plainLength + segments(plainLength) * TAG_BYTES;
    }

    /// The plain length of `sealedLength` bytes, or -1 if no plain text has that sealed length.
    static int plainLength(int sealedLength) {
        int count = Math.ceilDiv(sealedLength, SEGMENT_BYTES + TAG_BYTES);
        int plain = sealedLength - count * TAG_BYTES;
        return count > 0 && plain >= 0 && sealedLength(plain) == sealedLength ? plain : -1;
    }

    private static int segments(int plainLength) {
        return Math.max(1, Math.ceilDiv(plainLength, SEGMENT_BYTES));
    }

    /// Encrypts `plain[from, from + length)` to `sealed`, from its start.
    ///
    /// @return the number of bytes written, [#sealedLength]
    int seal(SecretKey key, int ordinal, byte[] associated, byte[] plain, int from, int length, byte[] sealed) {
        int written = 0;
        try {
            for (int segment = 0; segment < segments(length); segment++) {
                int start = segment * SEGMENT_BYTES;
                init(Cipher.ENCRYPT_MODE, key, ordinal, segment, associated);
                int step = Math.min(SEGMENT_BYTES, length - start);
                written += cipher.doFinal(plain, from + start, step, sealed, written);
            }
            return written;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed to encrypt", e);
        }
    }

    /// Decrypts `sealed[from, from + length)` to `plain`, from its start.
    ///
    /// @return the number of plain bytes
    /// @throws AEADBadTagException if key, place, associated data or content are not those that were
    ///     sealed; some earlier segments may then stand in `plain`, which the caller must not hand out
    int open(SecretKey key, int ordinal, byte[] associated, byte[] sealed, int from, int length, byte[] plain)
            throws AEADBadTagException {
        int written = 0;
        try {
            for (int segment = 0, at = 0; at < length; segment++) {
                int step = Math.min(SEGMENT_BYTES + TAG_BYTES, length - at);
                init(Cipher.DECRYPT_MODE, key, ordinal, segment, associated);
                written += cipher.doFinal(sealed, from + at, step, plain, written);
                at += step;
            }
            return written;
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed to decrypt", e);
        }
    }

    private void init(int mode, SecretKey key, int ordinal, int segment, byte[] associated)
            throws GeneralSecurityException {
        nonce.clear().putInt(ordinal).putInt(segment).putInt(0);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce.array()));
        cipher.updateAAD(associated);
    }
}
