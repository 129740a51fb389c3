package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.ByteRange;

/// A backup that is being written.
///
/// It exists from the moment [#commit] returns, and not before; closing without commit leaves nothing but
/// packs that the next backup will find and use, so that an interrupted backup costs the reading again but
/// not the storing. [#disk] and what it returns may be used by several threads; [#flush],
/// [#commit] and [#close] by one, after all others ended.
public final class BackupWriter implements AutoCloseable {
    private static final int MAX_ATTACHMENT_BYTES = 1 << 28;

    private final RepositoryParts parts;
    private final BackupPlan plan;
    private final Lease lease;
    private final ChunkStore store;
    private final Map<String, DiskWriter> disks = new LinkedHashMap<>();
    private final Map<String, DiskWriter> attachments = new LinkedHashMap<>();
    private final Map<String, BackupInfo> bases;
    private Optional<Contents> contents = Optional.empty();
    private boolean committed;
    private boolean ended;

    /// What the backup will have, all of it durable.
    private record Contents(List<DiskInfo> disks, List<DiskInfo> attachments) {}

    private BackupWriter(
            RepositoryParts parts, BackupPlan plan, Lease lease, Map<String, BackupInfo> bases, ChunkStore store) {
        this.parts = parts;
        this.plan = plan;
        this.lease = lease;
        this.bases = bases;
        this.store = store;
        for (DiskSpec disk : plan.disks()) {
            disks.put(disk.name(), newDisk(disk, base(disk).orElse(null)));
        }
    }

    private Optional<DiskInfo> base(DiskSpec disk) {
        return Optional.ofNullable(plan.bases().get(disk.name()))
                .map(bases::get)
                .flatMap(backup -> backup.disk(disk.name()));
    }

    /// @param lease and `store` belong to the writer when this returns
    static BackupWriter begin(RepositoryParts parts, BackupPlan plan, Lease lease, ChunkStore store)
            throws IOException {
        var bases = new HashMap<String, BackupInfo>();
        for (String id : Set.copyOf(plan.bases().values())) {
            bases.put(id, parts.visible(id));
        }
        return new BackupWriter(parts, plan, lease, bases, store);
    }

    private DiskWriter newDisk(DiskSpec disk, DiskInfo from) {
        var changes = new MapChanges(parts.settings().spillFolder());
        return new DiskWriter(this, disk, parts.shape(disk.sizeBytes()), changes, from);
    }

    /// The disk with this name in the plan.
    ///
    /// @throws IllegalArgumentException if the plan has no such disk
    public DiskWriter disk(String name) {
        DiskWriter disk = disks.get(name);
        if (disk == null) {
            throw new IllegalArgumentException("the backup of '%s' has no disk '%s'".formatted(plan.domain(), name));
        }
        return disk;
    }

    /// Adds a file to the backup, such as the domain's XML. Stored like a disk; costs nothing if it did
    /// not change.
    ///
    /// @throws IllegalArgumentException if it is longer than 256 MiB or the name is taken
    public void attach(String name, ByteBuffer content) throws IOException {
        if (contents.isPresent()) {
            throw new IllegalStateException("attachment '%s' comes after what was flushed".formatted(name));
        }
        if (content.remaining() > MAX_ATTACHMENT_BYTES || attachments.containsKey(name)) {
            throw new IllegalArgumentException("attachment '%s' of %d bytes".formatted(name, content.remaining()));
        }
        DiskWriter file = newDisk(new DiskSpec(name, content.remaining()), null);
        attachments.put(name, file);
        ByteBuffer rest = content.duplicate();
        for (long chunk = 0; chunk < file.chunkCount(); chunk++) {
            int length = file.shape().lengthOf(chunk);
            file.put(chunk, rest.slice(rest.position(), length));
            rest.position(rest.position() + length);
        }
    }

    /// The parts of a disk that its base has only in damaged form, and that were not put yet: read them
    /// from the domain and put them, and this backup and all that share them are whole again.
    public List<ByteRange> damaged(String disk) throws IOException {
        DiskWriter writer = disk(disk);
        if (!writer.hasBase()) {
            return List.of();
        }
        var ranges = new ArrayList<ByteRange>();
        for (ByteRange range : new DamageFinder(parts).find(writer.base())) {
            boolean inside = range.offset() < writer.spec().sizeBytes();
            if (inside && !writer.isTouched(range.offset() / parts.config().chunkSizeBytes())) {
                long end = Math.min(range.end(), writer.spec().sizeBytes());
                ranges.add(new ByteRange(range.offset(), end - range.offset()));
            }
        }
        return ranges;
    }

    /// Makes durable what was put and attached: packs, then index. This is most of a commit's work, and
    /// may be done before it is known whether there will be one. Nothing may be put or attached
    /// afterwards. Idempotent.
    ///
    /// @throws IOException if anything could not be stored; the backup can then only be closed
    public void flush() throws IOException {
        requireRunning();
        if (contents.isEmpty()) {
            var finished = new Contents(finish(disks), finish(attachments));
            store.flush();
            contents = Optional.of(finished);
        }
    }

    private void requireRunning() {
        if (ended || committed) {
            throw new IllegalStateException("the backup has ended already");
        }
    }

    /// Makes the backup exist, durably: packs, then index, then manifest. What need not be waited for before others
    /// rely on the backup is left to [#close].
    ///
    /// @throws RepositoryException.LeaseLost if a prune took this session for dead meanwhile; begin again
    /// @throws IOException if anything could not be stored; the backup does not exist
    public BackupInfo commit(BackupMetadata metadata) throws IOException {
        requireRunning();
        flush();
        lease.check();
        BackupInfo backup = describe(metadata, contents.orElseThrow());
        parts.manifests().put(backup);
        if (!lease.isHeld()) {
            parts.storage().delete(List.of(Manifests.name(backup.id())));
            lease.check();
        }
        committed = true;
        return backup;
    }

    private static List<DiskInfo> finish(Map<String, DiskWriter> writers) throws IOException {
        var done = new ArrayList<DiskInfo>();
        for (DiskWriter writer : writers.values()) {
            done.add(writer.finish());
        }
        return done;
    }

    private BackupInfo describe(BackupMetadata metadata, Contents stored) throws IOException {
        return new BackupInfo(
                Manifests.newId(metadata.instant()),
                plan.domain(),
                new Catalog(parts).nextSequence(plan.domain()),
                metadata.instant(),
                parts.settings().clock().instant(),
                newestBase(),
                metadata.quiesced(),
                metadata.checkpoints(),
                metadata.labels(),
                stored.disks(),
                stored.attachments(),
                store.statistics().storedBytes());
    }

    private Optional<String> newestBase() {
        return bases.values().stream()
                .max(Comparator.comparingLong(BackupInfo::sequence))
                .map(BackupInfo::id);
    }

    /// What was stored so far. Any thread.
    public Progress progress() {
        ChunkStore.Statistics statistics = store.statistics();
        return new Progress(statistics.newEntries(), statistics.knownEntries(), statistics.storedBytes());
    }

    /// How far a backup is.
    ///
    /// @param newChunks chunks and map pages that were not in the repository
    /// @param knownChunks those that were
    /// @param storedBytes size of the packs stored
    public record Progress(long newChunks, long knownChunks, long storedBytes) {}

    /// Ends the session: gives its lease back, and merges small parts of the index after a commit. A backup that was
    /// not committed does not exist. Idempotent.
    @Override
    public void close() throws IOException {
        if (ended) {
            return;
        }
        ended = true;
        store.close();
        for (DiskWriter disk : disks.values()) {
            disk.close();
        }
        for (DiskWriter file : attachments.values()) {
            file.close();
        }
        lease.close();
        if (committed) {
            parts.mergeIndex();
        }
    }

    RepositoryParts parts() {
        return parts;
    }

    ChunkStore store() {
        return store;
    }

    Lease lease() {
        return lease;
    }
}
