package org.virtkeep.transfer;

import java.time.Duration;
import java.util.List;
import org.virtkeep.repository.BackupInfo;

/// A backup that was made.
///
/// @param backup as it was committed
/// @param decisions how each disk was read, in the order of the backup's disks
/// @param readBytes what was read from the domain
/// @param newChunks chunks and map pages that the repository did not have
/// @param knownChunks those that it had
/// @param elapsed from the first look at the domain to the end of the job
public record BackupReport(
        BackupInfo backup,
        List<DiskDecision> decisions,
        long readBytes,
        long newChunks,
        long knownChunks,
        Duration elapsed) {

    public BackupReport {
        decisions = List.copyOf(decisions);
    }
}
