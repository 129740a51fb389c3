package org.virtkeep.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskInfo;

/// Shows backups that are in a repository.
final class PointView {
    private PointView() {}

    static Table table(List<BackupInfo> backups) {
        var table = new Table("Domain", "Id", "Instant", "Disks", "Size", "Changed", "Stored");
        for (BackupInfo backup : backups) {
            table.row(
                    backup.domain(),
                    backup.id(),
                    Humane.time(backup.instant()),
                    String.join(",", backup.disks().stream().map(DiskInfo::name).toList()),
                    Humane.size(size(backup)),
                    Humane.size(changed(backup)),
                    Humane.size(backup.storedBytes()));
        }
        return table;
    }

    private static long size(BackupInfo backup) {
        return backup.disks().stream().mapToLong(DiskInfo::sizeBytes).sum();
    }

    private static long changed(BackupInfo backup) {
        return backup.disks().stream().mapToLong(DiskInfo::changedBytes).sum();
    }

    static String text(BackupInfo backup) {
        var facts = new Facts()
                .add("Domain", backup.domain())
                .add("Id", backup.id())
                .add("Number", Long.toString(backup.sequence()))
                .add("Instant", Humane.time(backup.instant()))
                .add("Committed", Humane.time(backup.committed()))
                .add("Inherited from", backup.base().orElse("-"))
                .add("Quiesced", backup.quiesced() ? "yes" : "no")
                .add("Checkpoint", backup.checkpoints().isEmpty() ? "-" : String.join(",", backup.checkpoints()))
                .add(
                        "Files",
                        String.join(
                                ",",
                                backup.attachments().stream()
                                        .map(DiskInfo::name)
                                        .toList()))
                .add("Stored", Humane.size(backup.storedBytes()));
        labels(backup.labels()).forEach(facts::add);
        var text = new StringBuilder(facts.render());
        backup.disks().forEach(disk -> text.append('\n').append(text(disk)));
        return text.append('\n').toString();
    }

    private static String text(DiskInfo disk) {
        var facts = new Facts()
                .add("Disk", disk.name())
                .add("Size", Humane.size(disk.sizeBytes()))
                .add("Changed", Humane.size(disk.changedBytes()))
                .add("Tree hash", disk.treeHash().hex());
        labels(disk.labels()).forEach(facts::add);
        return facts.render();
    }

    private static Map<String, String> labels(Map<String, String> labels) {
        return new TreeMap<>(labels);
    }

    static JsonObject json(BackupInfo backup) {
        return new JsonObject()
                .put("domain", backup.domain())
                .put("id", backup.id())
                .put("sequence", backup.sequence())
                .put("instant", backup.instant())
                .put("committed", backup.committed())
                .putText("base", backup.base())
                .put("quiesced", backup.quiesced())
                .putTexts("checkpoints", backup.checkpoints())
                .put("labels", object(backup.labels()))
                .put("storedBytes", backup.storedBytes())
                .put("disks", backup.disks().stream().map(PointView::json).toList())
                .put(
                        "attachments",
                        backup.attachments().stream().map(PointView::json).toList());
    }

    private static JsonObject json(DiskInfo disk) {
        return new JsonObject()
                .put("name", disk.name())
                .put("sizeBytes", disk.sizeBytes())
                .put("changedBytes", disk.changedBytes())
                .put("treeHash", disk.treeHash().hex())
                .put("labels", object(disk.labels()));
    }

    private static JsonObject object(Map<String, String> labels) {
        var json = new JsonObject();
        labels(labels).forEach(json::put);
        return json;
    }
}
