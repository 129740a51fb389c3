package org.virtkeep.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.XmlFlag;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "checkpoint-list",
        header = "list a domain's checkpoints",
        description = "Lists the checkpoints of a domain, each after the one it follows.",
        footer = {
            "virtkeep checkpoint-list web1 --parent",
            "virtkeep checkpoint-list web1 --name | tail -n 1",
            "    the newest, to make a backup incremental to"
        })
final class CheckpointListCommand extends DomainCommand {
    @Option(names = "--name", description = "write names only")
    private boolean name;

    @Option(names = "--parent", description = "also show what each checkpoint follows")
    private boolean parent;

    @Override
    void run(Domain domain, Output output) {
        List<Checkpoint> checkpoints = domain.checkpoints();
        if (output.isJson()) {
            output.json(checkpoints.stream().map(CheckpointListCommand::json).toList());
        } else if (name) {
            checkpoints.forEach(checkpoint -> output.text(checkpoint.name()));
        } else {
            output.table(table(checkpoints));
        }
    }

    private Table table(List<Checkpoint> checkpoints) {
        var table = parent ? new Table("Name", "Creation Time", "Parent") : new Table("Name", "Creation Time");
        for (Checkpoint checkpoint : checkpoints) {
            String created = created(checkpoint).map(Humane::time).orElse("-");
            if (parent) {
                table.row(checkpoint.name(), created, checkpoint.parent().orElse(""));
            } else {
                table.row(checkpoint.name(), created);
            }
        }
        return table;
    }

    private static Optional<Instant> created(Checkpoint checkpoint) {
        return checkpoint.definition(Set.of(XmlFlag.NO_DOMAIN)).creationTime().stream()
                .mapToObj(Instant::ofEpochSecond)
                .findFirst();
    }

    private static JsonObject json(Checkpoint checkpoint) {
        return new JsonObject()
                .put("name", checkpoint.name())
                .putText("created", created(checkpoint).map(Instant::toString))
                .putText("parent", checkpoint.parent())
                .put("current", checkpoint.isCurrent());
    }
}
