package org.virtkeep.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.PruneReport;

/// Tells what a prune did, or would do.
///
/// @param known the backups that there were before, by id
record PruneResult(PruneReport report, Map<String, BackupInfo> known, Set<String> held, boolean dryRun) {

    void tell(Output output) {
        if (output.isJson()) {
            output.json(json());
            return;
        }
        if (!output.isQuiet()) {
            output.table(table());
        }
        output.text("%s %s, kept %d; %s %s"
                .formatted(
                        dryRun ? "would delete" : "deleted",
                        Humane.count(report.forgotten().size(), "backup"),
                        report.kept().size(),
                        dryRun ? "would free" : "freed",
                        Humane.size(report.freedBytes())));
        if (report.rewrittenBytes() > 0) {
            output.text("%s %s out of packs that hold little else"
                    .formatted(dryRun ? "would copy" : "copied", Humane.size(report.rewrittenBytes())));
        }
        if (report.waitingBytes() > 0) {
            output.text("%s to be freed by a later prune: %s may need it; 'repo info' lists them"
                    .formatted(
                            Humane.size(report.waitingBytes()),
                            Humane.count(report.waitingFor().size(), "running session")));
        }
    }

    private Table table() {
        var table = new Table("Domain", "Backup", "Instant", "Fate");
        Stream.concat(report.kept().stream(), report.forgotten().stream())
                .map(known::get)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(BackupInfo::domain).thenComparingLong(BackupInfo::sequence))
                .forEach(backup ->
                        table.row(backup.domain(), backup.id(), Humane.time(backup.instant()), fate(backup.id())));
        return table;
    }

    private String fate(String id) {
        if (report.forgotten().contains(id)) {
            return dryRun ? "would be deleted" : "deleted";
        }
        return held.contains(id) ? "held" : "kept";
    }

    private JsonObject json() {
        return new JsonObject()
                .put("dryRun", dryRun)
                .put("kept", backups(report.kept()))
                .put("deleted", backups(report.forgotten()))
                .put("freedBytes", report.freedBytes())
                .put("rewrittenBytes", report.rewrittenBytes())
                .put("waitingBytes", report.waitingBytes())
                .putTexts("waitingFor", report.waitingFor());
    }

    private List<JsonObject> backups(List<String> ids) {
        return ids.stream().map(this::backup).toList();
    }

    private JsonObject backup(String id) {
        Optional<BackupInfo> backup = Optional.ofNullable(known.get(id));
        return new JsonObject()
                .put("id", id)
                .putText("domain", backup.map(BackupInfo::domain))
                .putText("instant", backup.map(found -> found.instant().toString()))
                .put("held", held.contains(id));
    }
}
