package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.transfer.BackupReport;
import org.virtkeep.transfer.DiskDecision;

/// How the backup of one domain went: either a report or a failure.
record BackupOutcome(
        String domain, Optional<BackupReport> report, Optional<VirtException> failure, List<String> notes) {

    static BackupOutcome done(String domain, BackupReport report, List<String> notes) {
        return new BackupOutcome(domain, Optional.of(report), Optional.empty(), List.copyOf(notes));
    }

    static BackupOutcome failed(String domain, VirtException failure, List<String> notes) {
        return new BackupOutcome(domain, Optional.empty(), Optional.of(failure), List.copyOf(notes));
    }

    /// For people: one line, and one for each disk.
    String text() {
        return report.map(BackupOutcome::text)
                .orElseGet(() -> "error: domain '%s': %s"
                        .formatted(domain, failure.orElseThrow().getMessage()));
    }

    private static String text(BackupReport report) {
        BackupInfo backup = report.backup();
        var text = new StringBuilder("Domain '%s' backed up as %s: read %s, stored %s, in %s\n"
                .formatted(
                        backup.domain(),
                        backup.id(),
                        Humane.size(report.readBytes()),
                        Humane.size(backup.storedBytes()),
                        Humane.duration(report.elapsed())));
        for (DiskDecision decision : report.decisions()) {
            text.append("    %s: %s, %s\n".formatted(decision.disk(), decision.mode(), decision.why()));
        }
        return text.toString();
    }

    JsonObject json() {
        var json = new JsonObject().put("domain", domain).put("done", report.isPresent());
        report.ifPresent(done -> put(json, done));
        failure.ifPresent(refused -> json.put(
                "error",
                new JsonObject()
                        .put("code", refused.code().wireValue())
                        .put("codeName", refused.code().name())
                        .put("message", refused.getMessage())));
        return json.putTexts("notes", notes);
    }

    private static void put(JsonObject json, BackupReport report) {
        BackupInfo backup = report.backup();
        json.put("backup", backup.id())
                .put("instant", backup.instant())
                .put("sequence", backup.sequence())
                .putText("base", backup.base())
                .putTexts("checkpoints", backup.checkpoints())
                .put("quiesced", backup.quiesced())
                .put("readBytes", report.readBytes())
                .put("storedBytes", backup.storedBytes())
                .put("newChunks", report.newChunks())
                .put("knownChunks", report.knownChunks())
                .put("elapsedMillis", report.elapsed().toMillis())
                .put(
                        "disks",
                        report.decisions().stream()
                                .map(decision -> disk(
                                        decision, backup.disk(decision.disk()).orElseThrow()))
                                .toList());
    }

    private static JsonObject disk(DiskDecision decision, DiskInfo disk) {
        return new JsonObject()
                .put("name", decision.disk())
                .put("mode", decision.mode())
                .put("why", decision.why())
                .putText("base", decision.base().map(DiskDecision.Base::backup))
                .put("sizeBytes", disk.sizeBytes())
                .put("changedBytes", disk.changedBytes())
                .put("treeHash", disk.treeHash().hex());
    }
}
