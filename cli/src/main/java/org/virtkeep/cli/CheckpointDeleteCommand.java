package org.virtkeep.cli;

import java.util.EnumSet;
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
                        + "followed it follow its parent. Bitmaps that are missing or broken are no hindrance. Backups "
                        + "that were made from it stay as they are.",
        footer = {
            "virtkeep checkpoint-delete web1 monday",
            "virtkeep checkpoint-delete web1 monday --children",
            "    deletes it with all that followed it",
            "virtkeep checkpoint-delete web1 monday --metadata",
            "    forgets it, and leaves its bitmaps in the images"
        })
final class CheckpointDeleteCommand extends CheckpointCommand {
    @Option(names = "--children", description = "also delete all that follow it")
    private boolean children;

    @Option(names = "--children-only", description = "delete all that follow it, and not itself")
    private boolean childrenOnly;

    @Option(names = "--metadata", description = "leave the bitmaps in the images; the domain need not run then")
    private boolean metadata;

    @Override
    void run(Domain domain, Checkpoint checkpoint, Output output) {
        String name = checkpoint.name();
        checkpoint.delete(flags());
        output.done(
                sentence().formatted(name, domain.name()),
                new JsonObject().put("domain", domain.name()).put("checkpoint", name));
    }

    private String sentence() {
        if (childrenOnly) {
            return "Children of checkpoint '%s' of domain '%s' deleted";
        }
        return children
                ? "Checkpoint '%s' of domain '%s' deleted with its children"
                : "Checkpoint '%s' of domain '%s' deleted";
    }

    private Set<DeleteFlag> flags() {
        var flags = EnumSet.noneOf(DeleteFlag.class);
        Chosen.add(flags, children, DeleteFlag.CHILDREN);
        Chosen.add(flags, childrenOnly, DeleteFlag.CHILDREN_ONLY);
        Chosen.add(flags, metadata, DeleteFlag.METADATA_ONLY);
        return flags;
    }
}
