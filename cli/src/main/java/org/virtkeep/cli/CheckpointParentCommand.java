package org.virtkeep.cli;

import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

final class CheckpointParentCommand extends CheckpointCommand {

    @Override
    Manual manual() {
        return Manual.of("tell which checkpoint another one follows")
                .description("Writes the name of the checkpoint before the one given; fails if there is none.")
                .examples("virtkeep checkpoint-parent web1 tuesday");
    }

    @Override
    void run(Domain domain, Checkpoint checkpoint, Output output) {
        String parent = checkpoint
                .parent()
                .orElseThrow(() -> new VirtException(
                        ErrorCode.NO_DOMAIN_CHECKPOINT,
                        ErrorDomain.QEMU,
                        "checkpoint '%s' of domain '%s' is the first one and has no parent"
                                .formatted(checkpoint.name(), domain.name())));
        if (output.isJson()) {
            output.json(new JsonObject().put("name", checkpoint.name()).put("parent", parent));
        } else {
            output.text(parent);
        }
    }
}
