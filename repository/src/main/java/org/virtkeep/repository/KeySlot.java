package org.virtkeep.repository;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// The data key, wrapped with a key that is made from one passphrase or key file. A repository has one
/// slot or more; rotating a passphrase adds a slot and removes the old one, and leaves the data as it is.
/// Immutable.
record KeySlot(String derivation, int iterations, byte[] salt, byte[] nonce, byte[] wrapped) {
    private static final String PASSPHRASE = "pbkdf2-hmac-sha256";
    private static final String KEY_FILE = "hkdf-sha256";
    private static final byte[] WRAP_INFO = "virtkeep wrap".getBytes(StandardCharsets.US_ASCII);

    /// More would let a forged slot hold us for minutes.
    private static final int MAX_ITERATIONS = 50_000_000;

    private static final int SALT_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final HexFormat HEX = HexFormat.of();

    boolean isPassphrase() {
        return derivation.equals(PASSPHRASE);
    }

    /// Wraps `dataKey`. `bound` is authenticated with it: repository id and configuration.
    static KeySlot wrap(byte[] dataKey, Credentials credentials, int iterations, byte[] bound) {
        byte[] salt = Digests.random(SALT_BYTES);
        byte[] nonce = Digests.random(NONCE_BYTES);
        String derivation = credentials instanceof Credentials.KeyFile ? KEY_FILE : PASSPHRASE;
        int rounds = credentials instanceof Credentials.KeyFile ? 0 : iterations;
        var slot = new KeySlot(derivation, rounds, salt, nonce, new byte[0]);
        try {
            SecretKey key = slot.wrappingKey(credentials).orElseThrow();
            byte[] wrapped = slot.cipher(Cipher.ENCRYPT_MODE, key, bound).doFinal(dataKey);
            return new KeySlot(derivation, rounds, salt, nonce, wrapped);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the data key could not be wrapped", e);
        }
    }

    /// The data key, or empty if these credentials do not open this slot.
    Optional<byte[]> unwrap(Credentials credentials, byte[] bound) {
        try {
            Optional<SecretKey> key = wrappingKey(credentials);
            return key.isEmpty()
                    ? Optional.empty()
                    : Optional.of(cipher(Cipher.DECRYPT_MODE, key.get(), bound).doFinal(wrapped));
        } catch (GeneralSecurityException _) {
            return Optional.empty();
        }
    }

    private Optional<SecretKey> wrappingKey(Credentials credentials) throws GeneralSecurityException {
        return switch (credentials) {
            case Credentials.None() -> Optional.empty();
            case Credentials.Passphrase(String text) ->
                derivation.equals(PASSPHRASE) ? Optional.of(stretch(text)) : Optional.empty();
            case Credentials.KeyFile file ->
                derivation.equals(KEY_FILE)
                        ? Optional.of(Keys.hkdf(file.content(), salt, WRAP_INFO))
                        : Optional.empty();
        };
    }

    private SecretKey stretch(String text) throws GeneralSecurityException {
        var parameters = new PBEKeySpec(text.toCharArray(), salt, iterations, Keys.KEY_BYTES * 8);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(parameters)
                .getEncoded();
        return new SecretKeySpec(key, "AES");
    }

    private Cipher cipher(int mode, SecretKey key, byte[] bound) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(SegmentCipher.TAG_BYTES * 8, nonce));
        cipher.updateAAD(bound);
        return cipher;
    }

    void store(Storage storage, String name, UUID repository) throws IOException {
        var json = Json.object()
                .put("derivation", derivation)
                .put("iterations", iterations)
                .put("salt", HEX.formatHex(salt))
                .put("nonce", HEX.formatHex(nonce))
                .put("wrapped", HEX.formatHex(wrapped));
        storage.putIfAbsent(name, Envelope.wrap(Envelope.Type.KEY_SLOT, repository, Json.bytes(json)));
    }

    static KeySlot load(Storage storage, String name, UUID repository) throws IOException {
        JsonNode json =
                Json.parse(name, Envelope.open(storage, name, Envelope.Type.KEY_SLOT, repository, Keys.plain()));
        int iterations = json.path("iterations").asInt();
        String derivation = Json.text(name, json, "derivation");
        boolean sane = derivation.equals(PASSPHRASE) ? iterations > 0 && iterations <= MAX_ITERATIONS : iterations == 0;
        if (!sane) {
            throw new RepositoryException.Corrupt("'%s' asks for %d iterations".formatted(name, iterations));
        }
        return new KeySlot(
                derivation,
                iterations,
                Json.hex(name, json, "salt"),
                Json.hex(name, json, "nonce"),
                Json.hex(name, json, "wrapped"));
    }
}
