package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointHealth;

/// Tells which checkpoints hold, disk by disk.
///
/// @param checkpoints those to tell of, in this order
/// @param health      of all checkpoints, and of bitmaps that belong to none
/// @param filtered    true if those are not wanted
record CheckpointHealthReport(List<Checkpoint> checkpoints, List<CheckpointHealth> health, boolean filtered) {

    void tell(Output output) {
        if (output.isJson()) {
            output.json(json());
        } else {
            output.table(table());
        }
    }

    private Table table() {
        var table = new Table("Name", "Disk", "State", "Detail");
        for (Checkpoint checkpoint : checkpoints) {
            CheckpointHealth found = known(checkpoint.name());
            if (found.disks().isEmpty()) {
                table.row(checkpoint.name(), "-", "-", "tracks no disk");
            }
            found.disks().forEach(disk -> row(table, found.name(), disk, disk.detail()));
        }
        for (CheckpointHealth bitmaps : unknown()) {
            bitmaps.disks().forEach(disk -> row(table, bitmaps.name(), disk, Optional.of(unknownDetail(disk))));
        }
        return table;
    }

    private static void row(Table table, String name, CheckpointHealth.Disk disk, Optional<String> detail) {
        table.row(name, disk.disk(), disk.state().label(), detail.orElse(""));
    }

    private static String unknownDetail(CheckpointHealth.Disk disk) {
        String owner = "no checkpoint owns this bitmap";
        return disk.detail().map(detail -> owner + "; " + detail).orElse(owner);
    }

    private List<JsonObject> json() {
        var all = new ArrayList<JsonObject>();
        checkpoints.forEach(checkpoint -> all.add(json(CheckpointView.json(checkpoint), known(checkpoint.name()))));
        unknown()
                .forEach(bitmaps -> all.add(json(
                        new JsonObject()
                                .put("name", bitmaps.name())
                                .putNull("created")
                                .putNull("parent")
                                .put("current", false),
                        bitmaps)));
        return all;
    }

    private static JsonObject json(JsonObject object, CheckpointHealth health) {
        return object.put("known", health.known())
                .put("ok", health.ok())
                .put(
                        "disks",
                        health.disks().stream()
                                .map(disk -> new JsonObject()
                                        .put("disk", disk.disk())
                                        .put("state", disk.state().label())
                                        .putText("detail", disk.detail()))
                                .toList());
    }

    /// One that came between the two questions tracks nothing that we know of.
    private CheckpointHealth known(String name) {
        Map<String, CheckpointHealth> byName = health.stream()
                .filter(CheckpointHealth::known)
                .collect(Collectors.toMap(CheckpointHealth::name, Function.identity()));
        return byName.getOrDefault(name, new CheckpointHealth(name, true, List.of()));
    }

    private List<CheckpointHealth> unknown() {
        return filtered
                ? List.of()
                : health.stream().filter(each -> !each.known()).toList();
    }
}
