package org.virtkeep.cli;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.Domain;

final class CheckpointListCommand extends DomainCommand {
    private boolean parent;
    private boolean roots;
    private boolean leaves;
    private boolean noLeaves;
    private boolean tree;
    private String from;
    private boolean descendants;
    private boolean name;
    private boolean topological;
    private boolean health;

    @Override
    Manual manual() {
        return Manual.of("list a domain's checkpoints")
                .description(
                        "Lists the checkpoints of a domain by name, or only those that the options ask for. --leaves and "
                                + "--no-leaves together ask for all.",
                        "With --health it tells for each disk whether an incremental backup can be based on the checkpoint: ok, "
                                + "missing, inconsistent (a QEMU died with the image open), gap (an image of the backing chain has "
                                + "no bitmap), not recording, or unknown. Without a filter it also tells of bitmaps in the images "
                                + "that belong to no known checkpoint. The domain need not run.")
                .examples(
                        "virtkeep checkpoint-list web1 --tree",
                        "virtkeep checkpoint-list web1 --leaves --name",
                        "    the newest, to make a backup incremental to",
                        "virtkeep checkpoint-list web1 --from monday --descendants --topological",
                        "    what followed monday, each after the one it follows",
                        "virtkeep checkpoint-list web1 --health",
                        "    what still holds after a crash; checkpoint-repair puts the rest right");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--parent", "also show what each checkpoint follows", given -> parent = given);
        options.flag("--roots", "only those without a parent", given -> roots = given);
        options.flag("--leaves", "only those that nothing follows", given -> leaves = given);
        options.flag("--no-leaves", "only those that something follows", given -> noLeaves = given);
        options.flag("--tree", "draw which follows which", given -> tree = given);
        options.text("--from", "NAME", "only those that directly follow this checkpoint", word -> from = word);
        options.flag("--descendants", "with --from: also those that follow these", given -> descendants = given);
        options.flag("--name", "write names only", given -> name = given);
        options.flag(
                "--topological", "each after the one it follows, instead of by name", given -> topological = given);
        options.flag("--health", "tell for each disk whether the checkpoint can be relied on", given -> health = given);
    }

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
