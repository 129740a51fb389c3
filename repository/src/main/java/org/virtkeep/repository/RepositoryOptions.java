package org.virtkeep.repository;

/// What is decided when a repository is created and cannot be changed later.
///
/// @param chunkSizeBytes a power of two from 64 KiB to 1 MiB. Small chunks store less for scattered small
///     changes, large ones need a smaller index
/// @param credentials what opens the repository; none makes it unencrypted for ever
/// @param passphraseIterations rounds of PBKDF2 for a passphrase
public record RepositoryOptions(int chunkSizeBytes, Credentials credentials, int passphraseIterations) {
    public static final int DEFAULT_CHUNK_BYTES = 256 << 10;

    /// About a third of a second on a server processor of 2025.
    public static final int DEFAULT_ITERATIONS = 1_000_000;

    /// @throws IllegalArgumentException if the chunk size is no power of two in range or there are no
    ///     iterations
    public RepositoryOptions {
        if (!RepositoryConfig.isChunkSize(chunkSizeBytes) || passphraseIterations < 1) {
            throw new IllegalArgumentException(
                    "chunks of %d bytes, %d iterations".formatted(chunkSizeBytes, passphraseIterations));
        }
    }

    /// Chunks of 256 KiB, no encryption.
    public static RepositoryOptions defaults() {
        return new RepositoryOptions(DEFAULT_CHUNK_BYTES, Credentials.none(), DEFAULT_ITERATIONS);
    }

    /// Whether chunks may have that size: a power of two from 64 KiB to 1 MiB.
    public static boolean isChunkSize(long bytes) {
        return bytes <= Integer.MAX_VALUE && RepositoryConfig.isChunkSize((int) bytes);
    }

    public RepositoryOptions withChunkSize(int bytes) {
        return new RepositoryOptions(bytes, credentials, passphraseIterations);
    }

    /// Encrypted, with the usual number of iterations for a passphrase.
    public RepositoryOptions encryptedFor(Credentials keys) {
        return encryptedFor(keys, DEFAULT_ITERATIONS);
    }

    public RepositoryOptions encryptedFor(Credentials keys, int iterations) {
        return new RepositoryOptions(chunkSizeBytes, keys, iterations);
    }
}
