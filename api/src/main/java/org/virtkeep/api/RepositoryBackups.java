package org.virtkeep.api;

import java.util.Optional;
import org.virtkeep.model.VirtException;

/// Backups of domains into a repository that the other end of a connection makes itself, because it has the disks
/// at hand. What is stored, told and left behind after a death is the same as when the caller does it.
public interface RepositoryBackups {

    /// Opens the repository; no domain is touched before [RepositoryBackup#await].
    ///
    /// @return empty if the other end does not see the caller's files as the caller does, or must not write them:
    ///     then nothing has happened, and the caller can do it itself. Otherwise the caller closes it
    /// @throws VirtException what keeps the repository from being opened, as [RepositorySecret] that does not fit;
    ///     RESOURCE_BUSY if too many are running
    Optional<RepositoryBackup> begin(RepositoryBackupRequest request);
}
