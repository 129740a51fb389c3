package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.DeleteFlag;
import org.virtkeep.api.Domain;

final class CheckpointDeleteCommand extends CheckpointCommand {
    private boolean children;
    private boolean childrenOnly;
    private boolean metadata;

    @Override
    Manual manual() {
        return Manual.of("delete a checkpoint")
                .description(
                        "Deletes a checkpoint and its bitmaps, so that nothing is recorded for it any more; checkpoints that "
                                + "followed it follow its parent. Bitmaps that are missing or broken are no hindrance. Backups "
                                + "that were made from it stay as they are.")
                .examples(
                        "virtkeep checkpoint-delete web1 monday",
                        "virtkeep checkpoint-delete web1 monday --children",
                        "    deletes it with all that followed it",
                        "virtkeep checkpoint-delete web1 monday --metadata",
                        "    forgets it, and leaves its bitmaps in the images");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--children", "also delete all that follow it", given -> children = given);
        options.flag("--children-only", "delete all that follow it, and not itself", given -> childrenOnly = given);
        options.flag(
                "--metadata",
                "leave the bitmaps in the images; the domain need not run then",
                given -> metadata = given);
    }

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
