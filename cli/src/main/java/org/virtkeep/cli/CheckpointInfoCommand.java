package org.virtkeep.cli;

import java.util.List;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;

@Command(
        name = "checkpoint-info",
        header = "tell where a checkpoint stands among the others",
        description = "Writes what a checkpoint follows, and how many follow it: directly (children) and in all "
                + "(descendants). The current one is the newest, which the next checkpoint will follow.",
        footer = {"virtkeep checkpoint-info web1 monday"})
final class CheckpointInfoCommand extends CheckpointCommand {

    @Override
    void run(Domain domain, Checkpoint checkpoint, Output output) {
        List<Checkpoint> all = domain.checkpoints();
        List<Checkpoint> children = children(all, checkpoint.name());
        long descendants = descendants(all, children);
        if (output.isJson()) {
            output.json(new JsonObject()
                    .put("name", checkpoint.name())
                    .put("domain", domain.name())
                    .put("current", checkpoint.isCurrent())
                    .putText("parent", checkpoint.parent())
                    .put("children", children.size())
                    .put("descendants", descendants));
        } else {
            output.text(new Facts()
                    .add("Name", checkpoint.name())
                    .add("Domain", domain.name())
                    .add("Current", checkpoint.isCurrent() ? "yes" : "no")
                    .add("Parent", checkpoint.parent().orElse("-"))
                    .add("Children", Integer.toString(children.size()))
                    .add("Descendants", Long.toString(descendants))
                    .render());
        }
    }

    private static List<Checkpoint> children(List<Checkpoint> all, String parent) {
        return all.stream()
                .filter(each -> each.parent().stream().anyMatch(parent::equals))
                .toList();
    }

    private static long descendants(List<Checkpoint> all, List<Checkpoint> children) {
        return children.stream()
                .mapToLong(child -> 1 + descendants(all, children(all, child.name())))
                .sum();
    }
}
