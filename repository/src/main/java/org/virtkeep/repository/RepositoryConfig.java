package org.virtkeep.repository;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.UUID;

/// What was decided when the repository was created and never changes: the object `config`. Immutable.
///
/// @param bound what the wrapped keys are bound to: the id and the SHA-256 of the configuration's body, so
///     that nobody can turn encryption off or change the chunk size unnoticed
record RepositoryConfig(UUID id, int chunkSizeBytes, boolean encrypted, Instant created, byte[] bound) {
    static final String NAME = "config";
    static final int VERSION = 1;
    static final int MIN_CHUNK_BYTES = 64 << 10;
    static final int MAX_CHUNK_BYTES = 1 << 20;

    private static final String FORMAT = "virtkeep repository";
    private static final String NONE = "none";
    private static final String AES_GCM = "aes-256-gcm";

    static RepositoryConfig create(int chunkSizeBytes, boolean encrypted, Instant now) {
        return new RepositoryConfig(UUID.randomUUID(), chunkSizeBytes, encrypted, now, new byte[0]).bind();
    }

    private RepositoryConfig bind() {
        return new RepositoryConfig(id, chunkSizeBytes, encrypted, created, bound(id, body()));
    }

    private static byte[] bound(UUID id, byte[] body) {
        return ByteBuffer.allocate(16 + ContentHash.BYTES)
                .put(Keys.bytes(id))
                .put(Digests.sha256(ByteBuffer.wrap(body)).bytes())
                .array();
    }

    byte[] body() {
        return Json.bytes(Json.object()
                .put("format", FORMAT)
                .put("version", VERSION)
                .put("chunkSizeBytes", chunkSizeBytes)
                .put("encryption", encrypted ? AES_GCM : NONE)
                .put("created", created.toString()));
    }

    ByteBuffer toObject() {
        return Envelope.wrap(Envelope.Type.CONFIG, id, body());
    }

    /// @throws RepositoryException.Missing if there is no repository in `storage`
    /// @throws RepositoryException.UnsupportedVersion if a newer virtkeep made it
    static RepositoryConfig load(Storage storage) throws IOException {
        if (storage.size(NAME).isEmpty()) {
            throw new RepositoryException.Missing(
                    "there is no virtkeep repository in %s; create one with 'repo init'".formatted(storage));
        }
        Envelope.Parts parts = Envelope.read(storage, NAME, Envelope.Type.CONFIG);
        JsonNode json = Json.parse(NAME, parts.body());
        long version = Json.number(NAME, json, "version");
        if (version != VERSION) {
            throw new RepositoryException.UnsupportedVersion(
                    "the repository in %s has version %d, this virtkeep knows %d; use a newer one"
                            .formatted(storage, version, VERSION));
        }
        String encryption = Json.text(NAME, json, "encryption");
        if (!encryption.equals(NONE) && !encryption.equals(AES_GCM)) {
            throw new RepositoryException.UnsupportedVersion(
                    "the repository is encrypted with '%s', which this virtkeep does not know".formatted(encryption));
        }
        return new RepositoryConfig(
                parts.repository(),
                chunkSize(json),
                encryption.equals(AES_GCM),
                instant(NAME, Json.text(NAME, json, "created")),
                bound(parts.repository(), parts.body()));
    }

    private static int chunkSize(JsonNode json) throws IOException {
        long size = Json.number(NAME, json, "chunkSizeBytes");
        if (!isChunkSize(size)) {
            throw new RepositoryException.Corrupt("'%s' names a chunk size of %d bytes".formatted(NAME, size));
        }
        return (int) size;
    }

    /// A power of two from 64 KiB to 1 MiB.
    static boolean isChunkSize(long bytes) {
        return bytes >= MIN_CHUNK_BYTES && bytes <= MAX_CHUNK_BYTES && Long.bitCount(bytes) == 1;
    }

    static Instant instant(String name, String text) throws IOException {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new RepositoryException.Corrupt("'%s': '%s' is not a time".formatted(name, text), e);
        }
    }
}
