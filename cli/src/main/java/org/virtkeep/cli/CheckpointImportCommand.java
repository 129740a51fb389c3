package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.CheckpointRepairFlag;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "checkpoint-import",
        header = "make checkpoints known that are found in the images",
        description = {
            "Makes bitmaps that the images hold, and that belong to no known checkpoint, known as checkpoints, so that "
                    + "backups can be incremental to them: after the records were lost, or when another program made them. "
                    + "A disk is tracked if its bitmap is sound. 'checkpoint-list --health' shows what there is.",
            "Which of them followed which is not in the images: they have no parent. Where the old <domaincheckpoint> "
                    + "documents exist, 'checkpoint-create --redefine' restores them with all they say."
        },
        footer = {
            "virtkeep checkpoint-import web1",
            "    all that are sound",
            "virtkeep checkpoint-import web1 monday tuesday"
        })
final class CheckpointImportCommand extends DomainCommand {
    @Option(names = "--checkpointname", paramLabel = "NAME", description = "only this one; may be repeated")
    private List<String> names = new ArrayList<>();

    @Option(names = "--dry-run", description = "change nothing, and tell what would be done")
    private boolean dryRun;

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
