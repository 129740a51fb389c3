package org.virtkeep.transfer;

import java.util.List;

/// Is told how a backup goes, by the thread that runs it.
public interface BackupListener {

    /// What will be read has been decided; nothing has been asked of the domain yet.
    default void decided(List<DiskDecision> decisions) {}

    /// The job has begun, and data will flow.
    default void copying(TransferProgress progress) {}

    /// Something that people should know though it does no harm.
    default void note(String text) {}

    /// Listens to nothing.
    BackupListener NONE = new BackupListener() {};
}
