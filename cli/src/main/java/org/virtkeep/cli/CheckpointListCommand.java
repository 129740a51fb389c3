package org.virtkeep.cli;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "checkpoint-list",
        header = "list a domain's checkpoints",
        description = {
            "Lists the checkpoints of a domain by name, or only those that the options ask for. --leaves and "
                    + "--no-leaves together ask for all.",
            "With --health it tells for each disk whether an incremental backup can be based on the checkpoint: ok, "
                    + "missing, inconsistent (a QEMU died with the image open), gap (an image of the backing chain has "
                    + "no bitmap), not recording, or unknown. Without a filter it also tells of bitmaps in the images "
                    + "that belong to no known checkpoint. The domain need not run."
        },
        footer = {
            "virtkeep checkpoint-list web1 --tree",
            "virtkeep checkpoint-list web1 --leaves --name",
            "    the newest, to make a backup incremental to",
            "virtkeep checkpoint-list web1 --from monday --descendants --topological",
            "    what followed monday, each after the one it follows",
            "virtkeep checkpoint-list web1 --health",
            "    what still holds after a crash; checkpoint-repair puts the rest right"
        })
final class CheckpointListCommand extends DomainCommand {
    @Option(names = "--parent", description = "also show what each checkpoint follows")
    private boolean parent;

    @Option(names = "--roots", description = "only those without a parent")
    private boolean roots;

    @Option(names = "--leaves", description = "only those that nothing follows")
    private boolean leaves;

    @Option(names = "--no-leaves", description = "only those that something follows")
    private boolean noLeaves;

    @Option(names = "--tree", description = "draw which follows which")
    private boolean tree;

    @Option(names = "--from", paramLabel = "NAME", description = "only those that directly follow this checkpoint")
    private String from;

    @Option(names = "--descendants", description = "with --from: also those that follow these")
    private boolean descendants;

    @Option(names = "--name", description = "write names only")
    private boolean name;

    @Option(names = "--topological", description = "each after the one it follows, instead of by name")
    private boolean topological;

    @Option(names = "--health", description = "tell for each disk whether the checkpoint can be relied on")
    private boolean health;

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--from");
    }

    @Override
    void check() {
        exclude(parent, "--parent", roots, "--roots");
        exclude(parent, "--parent", tree, "--tree");
        exclude(parent, "--parent", health, "--health");
        exclude(roots, "--roots", tree, "--tree");
        exclude(roots, "--roots", from != null, "--from");
        exclude(tree, "--tree", name, "--name");
        exclude(tree, "--tree", leaves, "--leaves");
        exclude(tree, "--tree", noLeaves, "--no-leaves");
        exclude(health, "--health", tree, "--tree");
        exclude(health, "--health", name, "--name");
        if (descendants && from == null) {
            throw usage("--descendants requires --from");
        }
    }

    private void exclude(boolean one, String oneName, boolean other, String otherName) {
        if (one && other) {
            throw usage("options %s and %s are mutually exclusive".formatted(oneName, otherName));
        }
    }

    @Override
    void run(Domain domain, Output output) {
        List<Checkpoint> checkpoints = sorted(chosen(domain));
        if (health) {
            new CheckpointHealthReport(checkpoints, domain.checkpointHealth(), isFiltered()).tell(output);
        } else if (output.isJson()) {
            output.json(checkpoints.stream().map(CheckpointView::json).toList());
        } else if (tree) {
            output.text(new CheckpointDrawing(checkpoints).of(Optional.ofNullable(from)));
        } else if (name) {
            checkpoints.forEach(checkpoint -> output.text(checkpoint.name()));
        } else {
            output.table(table(checkpoints));
        }
    }

    private List<Checkpoint> chosen(Domain domain) {
        Set<CheckpointFilter> filters = filters();
        return from == null
                ? domain.checkpoints(filters)
                : domain.checkpoint(from).children(filters);
    }

    private Set<CheckpointFilter> filters() {
        var filters = EnumSet.noneOf(CheckpointFilter.class);
        Chosen.add(filters, roots, CheckpointFilter.ROOTS);
        Chosen.add(filters, descendants, CheckpointFilter.DESCENDANTS);
        Chosen.add(filters, topological, CheckpointFilter.TOPOLOGICAL);
        Chosen.add(filters, leaves, CheckpointFilter.LEAVES);
        Chosen.add(filters, noLeaves, CheckpointFilter.NO_LEAVES);
        return filters;
    }

    private boolean isFiltered() {
        return roots || leaves != noLeaves || from != null;
    }

    private List<Checkpoint> sorted(List<Checkpoint> checkpoints) {
        return topological
                ? checkpoints
                : checkpoints.stream()
                        .sorted(Comparator.comparing(Checkpoint::name, String.CASE_INSENSITIVE_ORDER))
                        .toList();
    }

    private Table table(List<Checkpoint> checkpoints) {
        var table = parent ? new Table("Name", "Creation Time", "Parent") : new Table("Name", "Creation Time");
        for (Checkpoint checkpoint : checkpoints) {
            String created =
                    CheckpointView.created(checkpoint).map(Humane::time).orElse("-");
            if (parent) {
                table.row(checkpoint.name(), created, checkpoint.parent().orElse(""));
            } else {
                table.row(checkpoint.name(), created);
            }
        }
        return table;
    }
}
