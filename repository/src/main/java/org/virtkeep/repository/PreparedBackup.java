package org.virtkeep.repository;

import java.io.IOException;

/// The part of a backup's begin that needs no plan: its lease is durable, what it may count on was read, and memory
/// for its first pack is on its way. So it can be done before it is known what the backup will hold. Used by one
/// thread at a time. Owns the lease until [#begin].
public final class PreparedBackup implements AutoCloseable {
    private final RepositoryParts parts;
    private final Lease lease;
    private final ChunkStore store;
    private boolean begun;

    private PreparedBackup(RepositoryParts parts, Lease lease, ChunkStore store) {
        this.parts = parts;
        this.lease = lease;
        this.store = store;
    }

    static PreparedBackup prepare(RepositoryParts parts) throws IOException {
        Lease lease = Lease.take(parts.storage(), parts.config().id(), parts.settings(), LeaseRecord.Purpose.BACKUP);
        try {
            ChunkStore store = parts.store();
            store.prepare();
            return new PreparedBackup(parts, lease, store);
        } catch (IOException | RuntimeException | Error e) {
            closeAfter(e, lease);
            throw e;
        }
    }

    private static void closeAfter(Throwable failure, Lease resource) {
        try {
            resource.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /// Begins the backup, once. If that fails, this is to be closed as if nothing had been asked.
    ///
    /// @throws RepositoryException.Missing if there is no base of that id
    public BackupWriter begin(BackupPlan plan) throws IOException {
        if (begun) {
            throw new IllegalStateException("a backup was begun already");
        }
        BackupWriter writer = BackupWriter.begin(parts, plan, lease, store);
        begun = true;
        return writer;
    }

    /// Gives the lease back if no backup was begun. Idempotent.
    @Override
    public void close() throws IOException {
        if (!begun) {
            store.close();
            lease.close();
        }
    }
}
