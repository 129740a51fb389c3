package org.virtkeep.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.repository.Repository;

final class DiffCommand extends CliCommand {
    private String first;
    private String second;
    private final RepoOption repository = new RepoOption();

    /// One disk in both; in one of them it may be missing.
    private record Row(String disk, Optional<DiskInfo> before, Optional<DiskInfo> after, long bytes) {}

    @Override
    Manual manual() {
        return Manual.of("tell how much two backups differ")
                .description(
                        "Compares two backups disk by disk: how many bytes differ, in whole chunks, whatever happened between. Reads "
                                + "no data, only what of their maps is not the same.")
                .examples("virtkeep diff web1@2026-11-20 web1 --repo /backup", "    what changed since that day");
    }

    @Override
    void declare(Options options) {
        options.text("--first", "DOMAIN[@POINT]", PointArgument.DESCRIPTION, word -> first = word);
        options.text("--second", "DOMAIN[@POINT]", "the backup to compare it with, named alike", word -> second = word);
        repository.declare(options);
    }

    @Override
    Places places() {
        return Places.of("--first", "--second");
    }

    @Override
    void run(Output output) throws IOException {
        try (Repository opened = repository.open(program().surroundings())) {
            BackupInfo before = PointArgument.find(opened, first);
            BackupInfo after = PointArgument.find(opened, second);
            List<Row> rows = rows(opened, before, after);
            if (output.isJson()) {
                output.json(new JsonObject()
                        .put("first", before.id())
                        .put("second", after.id())
                        .put("disks", rows.stream().map(DiffCommand::json).toList()));
            } else {
                output.table(table(rows));
            }
        }
    }

    private static List<Row> rows(Repository repository, BackupInfo before, BackupInfo after) throws IOException {
        var names = new TreeSet<String>();
        before.disks().forEach(disk -> names.add(disk.name()));
        after.disks().forEach(disk -> names.add(disk.name()));
        var rows = new ArrayList<Row>();
        for (String name : names) {
            Optional<DiskInfo> old = before.disk(name);
            Optional<DiskInfo> fresh = after.disk(name);
            long bytes = old.isPresent() && fresh.isPresent()
                    ? repository.differingBytes(old.get(), fresh.get())
                    : old.or(() -> fresh).orElseThrow().sizeBytes();
            rows.add(new Row(name, old, fresh, bytes));
        }
        return rows;
    }

    private static Table table(List<Row> rows) {
        var table = new Table("Disk", "First", "Second", "Different");
        rows.forEach(row -> table.row(row.disk(), size(row.before()), size(row.after()), Humane.size(row.bytes())));
        return table;
    }

    private static String size(Optional<DiskInfo> disk) {
        return disk.map(info -> Humane.size(info.sizeBytes())).orElse("-");
    }

    private static JsonObject json(Row row) {
        var json = new JsonObject().put("name", row.disk());
        put(json, "firstSizeBytes", row.before());
        put(json, "secondSizeBytes", row.after());
        return json.put("differingBytes", row.bytes());
    }

    private static void put(JsonObject json, String name, Optional<DiskInfo> disk) {
        if (disk.isPresent()) {
            json.put(name, disk.get().sizeBytes());
        } else {
            json.putNull(name);
        }
    }
}
