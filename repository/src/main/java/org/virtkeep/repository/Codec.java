package org.virtkeep.repository;

import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.SecretKey;

/// Hashes, and the workspaces in which entries are encoded and decoded. Thread-safe; as many workspaces
/// exist as threads ever used one at the same moment.
final class Codec implements AutoCloseable {
    private final Keys keys;
    private final byte[] repository;
    private final int maxRawBytes;
    private final int level;
    private final ConcurrentLinkedQueue<Workspace> idle = new ConcurrentLinkedQueue<>();

    Codec(Keys keys, UUID repository, int maxRawBytes, int level) {
        this.keys = keys;
        this.repository = Keys.bytes(repository);
        this.maxRawBytes = maxRawBytes;
        this.level = level;
    }

    Keys keys() {
        return keys;
    }

    byte[] repository() {
        return repository;
    }

    int maxRawBytes() {
        return maxRawBytes;
    }

    Workspace borrow() {
        Workspace workspace = idle.poll();
        return workspace != null ? workspace : new Workspace(maxRawBytes, level);
    }

    void giveBack(Workspace workspace) {
        idle.add(workspace);
    }

    /// Decodes and checks the content against the id.
    ///
    /// @param key null if the repository is not encrypted
    /// @throws RepositoryException.Corrupt if anything does not fit; `content` is then undefined
    void decode(Workspace workspace, EntryHeader header, SecretKey key, byte[] stored, int from, byte[] content)
            throws RepositoryException.Corrupt {
        workspace.decode(header, key, repository, stored, from, content);
        if (!keys.id(content, 0, header.rawLength()).equals(header.id())) {
            throw new RepositoryException.Corrupt("content of entry %s has another hash".formatted(header.id()));
        }
    }

    @Override
    public void close() {
        for (Workspace workspace = idle.poll(); workspace != null; workspace = idle.poll()) {
            workspace.close();
        }
    }
}
