package org.virtkeep.repository;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Small repositories for tests: chunks of 64 KiB, packs of 2 MiB, no heartbeats unless asked for.
final class TestRepositories {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Credentials PASSPHRASE = Credentials.passphrase("correct horse");

    private TestRepositories() {}

    static RepositoryOptions options() {
        return RepositoryOptions.defaults().withChunkSize(TestDisk.CHUNK_BYTES);
    }

    static RepositoryOptions encrypted() {
        return options().encryptedFor(PASSPHRASE, 100);
    }

    static RepositorySettings settings() {
        return RepositorySettings.defaults()
                .withClock(InstantSource.fixed(START))
                .withPacks(2 << 20, 1, 16)
                .withLeases(Duration.ofHours(1), Duration.ofMinutes(15));
    }

    static Repository create(Storage storage) throws IOException {
        return Repository.create(storage, options(), settings());
    }

    static Repository open(Storage storage) throws IOException {
        return Repository.open(storage, Credentials.none(), settings());
    }

    /// Backs one disk up.
    static BackupInfo backUp(Repository repository, TestDisk disk, Optional<String> base) throws IOException {
        var plan = new BackupPlan("vm", List.of(disk.spec()), base);
        try (BackupWriter writer = repository.begin(plan)) {
            disk.backUp(writer.disk(disk.name), base.isEmpty());
            BackupInfo backup = writer.commit(BackupMetadata.at(START));
            disk.dirty.clear();
            return backup;
        }
    }
}
