package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.Domain;

final class CheckpointInfoCommand extends CheckpointCommand {

    @Override
    Manual manual() {
        return Manual.of("tell where a checkpoint stands among the others")
                .description(
                        "Writes what a checkpoint follows, and how many follow it: directly (children) and in all "
                                + "(descendants). The current one is the one that the next checkpoint will follow, unless told otherwise.")
                .examples("virtkeep checkpoint-info web1 monday");
    }

    @Override
    void run(Domain domain, Checkpoint checkpoint, Output output) {
        int children = checkpoint.children(Set.of()).size();
        int descendants =
                checkpoint.children(Set.of(CheckpointFilter.DESCENDANTS)).size();
        if (output.isJson()) {
            output.json(new JsonObject()
                    .put("name", checkpoint.name())
                    .put("domain", domain.name())
                    .put("current", checkpoint.isCurrent())
                    .putText("parent", checkpoint.parent())
                    .put("children", children)
                    .put("descendants", descendants));
        } else {
            output.text(new Facts()
                    .add("Name", checkpoint.name())
                    .add("Domain", domain.name())
                    .add("Current", checkpoint.isCurrent() ? "yes" : "no")
                    .add("Parent", checkpoint.parent().orElse("-"))
                    .add("Children", Integer.toString(children))
                    .add("Descendants", Integer.toString(descendants))
                    .render());
        }
    }
}
