package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.DeleteFlag;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "checkpoint-delete",
        header = "delete a checkpoint",
        description =
                "Deletes a checkpoint and its bitmaps, so that nothing is recorded for it any more; checkpoints that "
                        + "followed it follow its parent. Backups that were made from it stay as they are.",
        footer = {
            "virtkeep checkpoint-delete web1 monday",
            "virtkeep checkpoint-delete web1 monday --metadata",
            "    forgets it, and leaves its bitmaps in the images"
        })
final class CheckpointDeleteCommand extends CheckpointCommand {
    @Option(names = "--metadata", description = "leave the bitmaps in the images; the domain need not run then")
    private boolean metadata;

    @Override
    void run(Domain domain, Checkpoint checkpoint, Output output) {
        String name = checkpoint.name();
        checkpoint.delete(metadata ? Set.of(DeleteFlag.METADATA_ONLY) : Set.of());
        output.done(
                "Checkpoint '%s' of domain '%s' deleted".formatted(name, domain.name()),
                new JsonObject().put("domain", domain.name()).put("checkpoint", name));
    }
}
