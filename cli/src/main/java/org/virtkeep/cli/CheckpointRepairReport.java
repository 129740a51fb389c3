package org.virtkeep.cli;

import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.CheckpointRepair.Step;

/// Tells what a repair or an import did, step by step.
final class CheckpointRepairReport {
    private CheckpointRepairReport() {}

    /// @param nothing what to say if nothing was done
    static void tell(String domain, CheckpointRepair repair, String nothing, Output output) {
        if (output.isJson()) {
            output.json(new JsonObject()
                    .put("domain", domain)
                    .put("dryRun", repair.dryRun())
                    .put(
                            "steps",
                            repair.steps().stream()
                                    .map(CheckpointRepairReport::json)
                                    .toList()));
        } else if (repair.steps().isEmpty()) {
            output.done(nothing, new JsonObject());
        } else {
            var table = new Table("Name", "Disk", repair.dryRun() ? "Would be done" : "Done", "Detail");
            for (Step step : repair.steps()) {
                table.row(
                        step.checkpoint(),
                        step.disk().orElse("-"),
                        step.action().label(),
                        step.detail());
            }
            output.table(table);
        }
    }

    private static JsonObject json(Step step) {
        return new JsonObject()
                .put("checkpoint", step.checkpoint())
                .putText("disk", step.disk())
                .put("action", step.action().label())
                .put("detail", step.detail());
    }
}
