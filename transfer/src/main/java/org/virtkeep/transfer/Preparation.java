package org.virtkeep.transfer;

import java.io.IOException;
import org.virtkeep.repository.BackupPlan;
import org.virtkeep.repository.BackupWriter;
import org.virtkeep.repository.PreparedBackup;
import org.virtkeep.repository.Repository;

/// A backup that the repository prepares in a thread of its own, while its domain is asked and its job begins. Confined
/// to one thread, but for that work.
final class Preparation implements AutoCloseable {
    private final Repository repository;
    private final Meanwhile work;
    private PreparedBackup prepared; // by the work; null until it has ended, and once it was used

    /// Starts it.
    Preparation(Repository repository) {
        this.repository = repository;
        this.work = Meanwhile.start("backup-prepare", () -> prepared = repository.prepare());
    }

    /// Begins the backup with what was prepared; another one with what the repository holds then.
    ///
    /// @throws IOException what failed in the preparation, or what [Repository#begin] throws
    BackupWriter begin(BackupPlan plan) throws IOException {
        work.await();
        if (prepared == null) {
            return repository.begin(plan);
        }
        try (PreparedBackup first = prepared) {
            prepared = null;
            return first.begin(plan);
        }
    }

    /// Gives up what was prepared if it was not used; waits for its end.
    @Override
    public void close() throws IOException {
        work.close();
        if (prepared != null) {
            prepared.close();
            prepared = null;
        }
    }
}
