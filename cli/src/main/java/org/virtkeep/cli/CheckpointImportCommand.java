package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.CheckpointRepairFlag;

final class CheckpointImportCommand extends DomainCommand {
    private List<String> names = new ArrayList<>();
    private boolean dryRun;

    @Override
    Manual manual() {
        return Manual.of("make checkpoints known that are found in the images")
                .description(
                        "Makes bitmaps that the images hold, and that belong to no known checkpoint, known as checkpoints, so that "
                                + "backups can be incremental to them: after the records were lost, or when another program made them. "
                                + "A disk is tracked if its bitmap is sound. 'checkpoint-list --health' shows what there is.",
                        "Which of them followed which is not in the images: they have no parent. Where the old <domaincheckpoint> "
                                + "documents exist, 'checkpoint-create --redefine' restores them with all they say.")
                .examples(
                        "virtkeep checkpoint-import web1",
                        "    all that are sound",
                        "virtkeep checkpoint-import web1 monday tuesday");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.texts("--checkpointname", "NAME", "only this one; may be repeated", words -> names = words);
        options.flag("--dry-run", "change nothing, and tell what would be done", given -> dryRun = given);
    }

    @Override
    Places places() {
        return Places.of("--domain").thenRest("--checkpointname");
    }

    @Override
    void run(Domain domain, Output output) {
        CheckpointRepairReport.tell(
                domain.name(),
                domain.checkpointImport(names, dryRun ? Set.of(CheckpointRepairFlag.DRY_RUN) : Set.of()),
                "Nothing to import in domain '%s'".formatted(domain.name()),
                output);
    }
}
