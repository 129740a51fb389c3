package org.virtkeep.repository;

import java.io.IOException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads one backup, and keeps prunes from deleting it meanwhile: the backup may be forgotten, but what it needs
/// stays until this is closed. Thread-safe.
///
/// Where no lease can be written (read-only or full storage, a user who may only read), the backup is read without
/// one. A prune that deletes it then makes reading fail with [RepositoryException.Missing]; wrong bytes never come.
public final class ReadSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadSession.class);

    private final Optional<Lease> lease;
    private final BackupReader reader;

    private ReadSession(Optional<Lease> lease, BackupReader reader) {
        this.lease = lease;
        this.reader = reader;
    }

    static ReadSession begin(RepositoryParts parts, String backup) throws IOException {
        Optional<Lease> lease = tryLease(parts);
        try {
            return new ReadSession(lease, new BackupReader(parts, parts.visible(backup)));
        } catch (IOException | RuntimeException e) {
            giveBack(lease);
            throw e;
        }
    }

    private static Optional<Lease> tryLease(RepositoryParts parts) throws RepositoryException {
        try {
            return Optional.of(
                    Lease.take(parts.storage(), parts.config().id(), parts.settings(), LeaseRecord.Purpose.RESTORE));
        } catch (RepositoryException e) {
            throw e;
        } catch (IOException | ReadOnlyFileSystemException e) {
            LOG.info("reading without a lease cause={}", e.toString());
            return Optional.empty();
        }
    }

    private static void giveBack(Optional<Lease> lease) {
        try {
            if (lease.isPresent()) {
                lease.get().close();
            }
        } catch (IOException e) {
            LOG.warn("lease not given back, it expires cause={}", e.toString());
        }
    }

    public BackupReader reader() {
        return reader;
    }

    /// Whether prunes wait for this session now.
    public boolean isLeased() throws IOException {
        return lease.isPresent() && lease.get().isHeld();
    }

    Optional<Lease> lease() {
        return lease;
    }

    /// Lets prunes go on. Idempotent; a lease that cannot be given back expires.
    @Override
    public void close() {
        giveBack(lease);
    }
}
