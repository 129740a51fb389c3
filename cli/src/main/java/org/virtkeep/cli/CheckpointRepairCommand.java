package org.virtkeep.cli;

import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.CheckpointRepairFlag;

final class CheckpointRepairCommand extends DomainCommand {
    private String name;
    private boolean dryRun;

    @Override
    Manual manual() {
        return Manual.of("make checkpoints and images agree again")
                .description(
                        "Takes out what does not hold any more, as after a crash, and tells for each disk what it did. A disk whose "
                                + "bitmap is missing or broken is not tracked by that checkpoint from then on; a checkpoint without "
                                + "any disk left is forgotten, and those that followed it follow its parent. What is sound stays.",
                        "Broken bitmaps are removed from the images, also those that belong to no checkpoint. That takes a running "
                                + "domain: otherwise they are left, and told. It may be repeated at any time.")
                .examples(
                        "virtkeep checkpoint-repair web1 --dry-run",
                        "    tells what would be done",
                        "virtkeep checkpoint-repair web1 monday",
                        "    looks after this checkpoint only");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--checkpointname", "NAME", "only this checkpoint", word -> name = word);
        options.flag("--dry-run", "change nothing, and tell what would be done", given -> dryRun = given);
    }

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--checkpointname");
    }

    @Override
    void run(Domain domain, Output output) {
        CheckpointRepairReport.tell(
                domain.name(),
                domain.checkpointRepair(
                        Optional.ofNullable(name), dryRun ? Set.of(CheckpointRepairFlag.DRY_RUN) : Set.of()),
                "Nothing to repair in domain '%s'".formatted(domain.name()),
                output);
    }
}
