package org.virtkeep.repository;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/// How one process uses a repository; nothing here is part of the format. Immutable.
///
/// @param clock for times that are kept and shown; waiting uses the monotonic clock
/// @param packBytes the size at which a pack is full, 2 to 256 MiB. Each session holds `uploads + 1` packs
///     in memory outside the heap
/// @param uploads how many packs are stored at the same time
/// @param decoders how many threads decompress and check while a disk is restored or verified
/// @param readAheadBytes how much a sequential restore reads ahead
/// @param compressionLevel of zstd
/// @param indexBatch how many index entries are gathered before they are written to a segment
/// @param heartbeat how often a session renews its lease
/// @param leaseExpiry after what time without renewal a session on another host counts as dead
/// @param spillFolder where the maps of very large disks are kept until commit
public record RepositorySettings(
        InstantSource clock,
        int packBytes,
        int uploads,
        int decoders,
        int readAheadBytes,
        int compressionLevel,
        int indexBatch,
        Duration heartbeat,
        Duration leaseExpiry,
        Path spillFolder) {
    private static final int MIN_PACK_BYTES = 2 << 20;
    private static final int DEFAULT_PACK_BYTES = 32 << 20;
    private static final int DEFAULT_INDEX_BATCH = 1 << 16;

    /// @throws IllegalArgumentException if a number is out of its range
    public RepositorySettings {
        check(packBytes >= MIN_PACK_BYTES && packBytes <= Storage.MAX_OBJECT_BYTES, "pack size", packBytes);
        check(uploads > 0 && uploads <= 16, "uploads", uploads);
        check(decoders > 0 && decoders <= 256, "decoders", decoders);
        check(readAheadBytes > 0, "read-ahead", readAheadBytes);
        check(indexBatch > 0 && indexBatch <= 1 << 20, "index batch", indexBatch);
        check(compressionLevel >= -7 && compressionLevel <= 19, "compression level", compressionLevel);
    }

    private static void check(boolean fits, String what, int value) {
        if (!fits) {
            throw new IllegalArgumentException("%s of %d is out of range".formatted(what, value));
        }
    }

    /// Settings for a usual host: packs of 32 MiB, zstd level 1, one decoder per processor.
    public static RepositorySettings defaults() {
        return new RepositorySettings(
                InstantSource.system(),
                DEFAULT_PACK_BYTES,
                2,
                Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 32),
                16 << 20,
                1,
                DEFAULT_INDEX_BATCH,
                Duration.ofSeconds(30),
                Duration.ofMinutes(15),
                Path.of(System.getProperty("java.io.tmpdir")));
    }

    /// These settings with another clock.
    public RepositorySettings withClock(InstantSource other) {
        return new RepositorySettings(
                other,
                packBytes,
                uploads,
                decoders,
                readAheadBytes,
                compressionLevel,
                indexBatch,
                heartbeat,
                leaseExpiry,
                spillFolder);
    }

    /// These settings with another size of packs, number of uploads and index batch.
    public RepositorySettings withPacks(int bytes, int uploadCount, int batch) {
        return new RepositorySettings(
                clock,
                bytes,
                uploadCount,
                decoders,
                readAheadBytes,
                compressionLevel,
                batch,
                heartbeat,
                leaseExpiry,
                spillFolder);
    }

    /// These settings with another compression level.
    public RepositorySettings withCompressionLevel(int level) {
        return new RepositorySettings(
                clock,
                packBytes,
                uploads,
                decoders,
                readAheadBytes,
                level,
                indexBatch,
                heartbeat,
                leaseExpiry,
                spillFolder);
    }

    /// These settings with other lease times.
    public RepositorySettings withLeases(Duration renewal, Duration expiry) {
        return new RepositorySettings(
                clock,
                packBytes,
                uploads,
                decoders,
                readAheadBytes,
                compressionLevel,
                indexBatch,
                renewal,
                expiry,
                spillFolder);
    }
}
