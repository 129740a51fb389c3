package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.model.ByteRange;

/// Reads one backup. Thread-safe. Holds no lease by itself (a [ReadSession] does): if the backup is pruned while it
/// is read, reading fails with [RepositoryException.Missing]; it never yields wrong bytes.
public final class BackupReader {
    private final RepositoryParts parts;
    private final BackupInfo backup;
    private final Map<String, DiskReader> disks = new LinkedHashMap<>();

    BackupReader(RepositoryParts parts, BackupInfo backup) {
        this.parts = parts;
        this.backup = backup;
        backup.disks().forEach(disk -> disks.put(disk.name(), new DiskReader(parts, disk)));
    }

    public BackupInfo info() {
        return backup;
    }

    /// @throws RepositoryException.Missing if the backup has no such disk
    public DiskReader disk(String name) throws IOException {
        DiskReader disk = disks.get(name);
        if (disk == null) {
            throw new RepositoryException.Missing("backup '%s' has no disk '%s'".formatted(backup.id(), name));
        }
        return disk;
    }

    /// The content of an attachment, or empty if there is none of that name.
    public Optional<ByteBuffer> attachment(String name) throws IOException {
        Optional<DiskInfo> file = backup.attachment(name);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        if (file.get().sizeBytes() > Storage.MAX_OBJECT_BYTES) {
            throw new RepositoryException.Corrupt(
                    "attachment '%s' claims %d bytes".formatted(name, file.get().sizeBytes()));
        }
        ByteBuffer content = ByteBuffer.allocate((int) file.get().sizeBytes());
        new DiskReader(parts, file.get()).read(0, content);
        return Optional.of(content.flip());
    }

    /// The whole of a disk as a range.
    public ByteRange all(String disk) throws IOException {
        return new ByteRange(0, disk(disk).info().sizeBytes());
    }
}
