package org.virtkeep.api;

/// Is told how backups into a repository go.
public interface RepositoryBackupListener {

    /// How far those are that are being made now: a few times a second, while there are any.
    ///
    /// @param done  bytes of disks that were dealt with
    /// @param total bytes that will be, as far as known; may be exceeded by a little
    default void progress(long done, long total) {}

    /// Something that people should know though it does no harm. It is among the notes of the domain's outcome too.
    default void note(String text) {}

    /// One domain's backup has ended. In the order of the request's domains.
    default void ended(RepositoryBackupOutcome outcome) {}
}
