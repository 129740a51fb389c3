package org.virtkeep.cli;

import org.virtkeep.api.RepositoryBackupOutcome;
import org.virtkeep.api.RepositoryBackupOutcome.Disk;
import org.virtkeep.api.RepositoryBackupOutcome.Report;

/// Shows how the backup of one domain went.
record BackupOutcome(RepositoryBackupOutcome outcome) {

    /// For people: one line, and one for each disk.
    String text() {
        return outcome.report()
                .map(this::text)
                .orElseGet(() -> "error: domain '%s': %s"
                        .formatted(
                                outcome.domain(),
                                outcome.failure().orElseThrow().getMessage()));
    }

    private String text(Report report) {
        var text = new StringBuilder("Domain '%s' backed up as %s: read %s, stored %s, in %s\n"
                .formatted(
                        outcome.domain(),
                        report.backup(),
                        Humane.size(report.readBytes()),
                        Humane.size(report.storedBytes()),
                        Humane.duration(report.elapsed())));
        for (Disk disk : report.disks()) {
            text.append("    %s: %s, %s\n".formatted(disk.name(), disk.mode(), disk.why()));
        }
        return text.toString();
    }

    JsonObject json() {
        var json = new JsonObject()
                .put("domain", outcome.domain())
                .put("done", outcome.report().isPresent());
        outcome.report().ifPresent(report -> put(json, report));
        outcome.failure()
                .ifPresent(refused -> json.put(
                        "error",
                        new JsonObject()
                                .put("code", refused.code().wireValue())
                                .put("codeName", refused.code().name())
                                .put("message", refused.getMessage())));
        return json.putTexts("notes", outcome.notes());
    }

    private static void put(JsonObject json, Report report) {
        json.put("backup", report.backup())
                .put("instant", report.instant())
                .put("sequence", report.sequence())
                .putText("base", report.base())
                .putTexts("checkpoints", report.checkpoints())
                .put("quiesced", report.quiesced())
                .put("readBytes", report.readBytes())
                .put("storedBytes", report.storedBytes())
                .put("newChunks", report.newChunks())
                .put("knownChunks", report.knownChunks())
                .put("elapsedMillis", report.elapsed().toMillis())
                .put("disks", report.disks().stream().map(BackupOutcome::disk).toList());
    }

    private static JsonObject disk(Disk disk) {
        return new JsonObject()
                .put("name", disk.name())
                .put("mode", disk.mode())
                .put("why", disk.why())
                .putText("base", disk.base())
                .put("sizeBytes", disk.sizeBytes())
                .put("changedBytes", disk.changedBytes())
                .put("treeHash", disk.treeHash());
    }
}
