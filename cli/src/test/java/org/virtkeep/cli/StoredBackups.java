package org.virtkeep.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.BackupMetadata;
import org.virtkeep.repository.BackupPlan;
import org.virtkeep.repository.BackupWriter;
import org.virtkeep.repository.Credentials;
import org.virtkeep.repository.DiskSpec;
import org.virtkeep.repository.LocalStorage;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositoryOptions;
import org.virtkeep.repository.RepositorySettings;

/// A repository on disk, filled without a domain.
record StoredBackups(Path folder) {
    private static final int CHUNK_BYTES = 64 << 10;

    static StoredBackups create(Path folder) throws IOException {
        var options = RepositoryOptions.defaults().withChunkSize(CHUNK_BYTES);
        Repository.create(LocalStorage.create(folder), options, RepositorySettings.defaults())
                .close();
        return new StoredBackups(folder);
    }

    Repository open() throws IOException {
        return Repository.open(LocalStorage.open(folder), Credentials.none(), RepositorySettings.defaults());
    }

    /// A full backup of one disk `vda` with these bytes.
    BackupInfo add(String domain, Instant instant, byte[] content) throws IOException {
        var plan = new BackupPlan(domain, List.of(new DiskSpec("vda", content.length)), Optional.empty());
        try (Repository repository = open();
                BackupWriter writer = repository.begin(plan)) {
            for (int from = 0; from < content.length; from += CHUNK_BYTES) {
                int length = Math.min(CHUNK_BYTES, content.length - from);
                writer.disk("vda").put(from / CHUNK_BYTES, ByteBuffer.wrap(content, from, length));
            }
            return writer.commit(BackupMetadata.at(instant));
        }
    }

    /// The same with 256 KiB of noise.
    BackupInfo add(String domain, Instant instant) throws IOException {
        byte[] noise = new byte[4 * CHUNK_BYTES];
        new SplittableRandom(instant.toEpochMilli() + domain.hashCode()).nextBytes(noise);
        return add(domain, instant, noise);
    }
}
