package org.virtkeep.transfer;

import java.util.List;
import org.virtkeep.api.RepositoryBackupOutcome.Disk;
import org.virtkeep.api.RepositoryBackupOutcome.Report;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskInfo;

/// Puts reports as the API has them: plain values.
final class Reports {
    private Reports() {}

    static Report of(BackupReport report) {
        BackupInfo backup = report.backup();
        List<Disk> disks = report.decisions().stream()
                .map(decision -> disk(decision, backup.disk(decision.disk()).orElseThrow()))
                .toList();
        return new Report(
                backup.id(),
                backup.instant(),
                backup.sequence(),
                backup.base(),
                backup.checkpoints(),
                backup.quiesced(),
                report.readBytes(),
                backup.storedBytes(),
                report.newChunks(),
                report.knownChunks(),
                report.elapsed(),
                disks);
    }

    private static Disk disk(DiskDecision decision, DiskInfo disk) {
        return new Disk(
                decision.disk(),
                decision.mode(),
                decision.why(),
                decision.base().map(DiskDecision.Base::backup),
                disk.sizeBytes(),
                disk.changedBytes(),
                disk.treeHash().hex());
    }
}
