package org.virtkeep.repository;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the parts of an open repository share. Thread-safe.
///
/// @param decoders platform threads that read, decompress and check; they end with the repository
record RepositoryParts(
        Storage storage,
        RepositoryConfig config,
        RepositorySettings settings,
        Codec codec,
        ChunkIndex index,
        EntryReader entries,
        PageReader pages,
        Manifests manifests,
        ExecutorService decoders) {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryParts.class);

    static RepositoryParts of(Storage storage, RepositoryConfig config, RepositorySettings settings, Keys keys) {
        var codec = new Codec(keys, config.id(), config.chunkSizeBytes(), settings.compressionLevel());
        var index = new ChunkIndex(new IndexLoader(storage, config.id()));
        var entries = new EntryReader(storage, codec, config.id(), index);
        var threads = Thread.ofPlatform().name("repository-decode-", 0).daemon().factory();
        return new RepositoryParts(
                storage,
                config,
                settings,
                codec,
                index,
                entries,
                new PageReader(entries),
                new Manifests(storage, config, keys),
                Executors.newFixedThreadPool(settings.decoders(), threads));
    }

    MapShape shape(long sizeBytes) {
        return new MapShape(sizeBytes, config.chunkSizeBytes());
    }

    MapShape shape(DiskInfo disk) {
        return shape(disk.sizeBytes());
    }

    Leases leases() {
        return new Leases(storage, config.id(), settings);
    }

    /// The manifest of a backup that is not forgotten.
    BackupInfo visible(String id) throws IOException {
        if (Condemnation.backups(Condemnation.load(storage, config.id())).contains(id)) {
            throw new RepositoryException.Missing("backup '%s' is being deleted".formatted(id));
        }
        return manifests.load(id);
    }

    /// A chunk store for a session that holds a lease already: what it counts on is read here, after the
    /// lease.
    ChunkStore store() throws IOException {
        var condemned = Condemnation.packs(Condemnation.load(storage, config.id()));
        Damage damage = Damage.load(storage, config.id());
        return store(copy -> condemned.contains(copy.pack()) || damage.contains(copy));
    }

    ChunkStore store(ChunkStore.Exclusions exclusions) throws IOException {
        index.refresh(); // packs that were pruned before the lease must not count
        return new ChunkStore(storage, codec, config.id(), settings, index, exclusions);
    }

    /// Keeps the number of index runs small, but leaves the index alone while a prune walks over it. What
    /// it does can be left undone, so a failure is only logged.
    void mergeIndex() {
        try {
            boolean pruning =
                    leases().all().values().stream().anyMatch(lease -> lease.purpose() == LeaseRecord.Purpose.PRUNE);
            if (!pruning && new IndexMerger(storage, config.id()).mergeSmall(index.refresh())) {
                index.refresh();
            }
        } catch (IOException e) {
            LOG.warn("index not merged cause={}", e.getMessage());
        }
    }
}
