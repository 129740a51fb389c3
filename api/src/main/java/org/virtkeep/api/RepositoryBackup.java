package org.virtkeep.api;

/// Backups of some domains that were begun together. Owned by who began it; [#cancel] may be called by any thread,
/// the rest by one.
public interface RepositoryBackup extends AutoCloseable {

    /// Makes the backups, and returns when every domain was told to be backed up or not. To be called once.
    ///
    /// @param listener is called by the calling thread
    void await(RepositoryBackupListener listener);

    /// Asks for the end of all that has not ended: jobs are ended, and the domains run on as before. Does not wait;
    /// [#await] returns soon after.
    ///
    /// @param why a word for the errors of those that are not made, such as "interrupted"
    void cancel(String why);

    /// Lets go of it, and cancels what has not ended. Idempotent.
    @Override
    void close();
}
