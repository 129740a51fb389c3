package org.virtkeep.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;

final class SnapshotListCommand extends DomainCommand {
    private boolean name;
    private boolean parent;
    private boolean tree;
    private boolean roots;
    private boolean leaves;
    private boolean noLeaves;
    private String from;
    private boolean descendants;
    private boolean topological;

    @Override
    Manual manual() {
        return Manual.of("list a domain's snapshots")
                .description("Lists the snapshots of a domain, each after the one it follows.")
                .examples(
                        "virtkeep snapshot-list web1 --tree",
                        "virtkeep snapshot-list web1 --from s1 --descendants --name",
                        "    all that follow s1, directly or not");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--name", "write names only", given -> name = given);
        options.flag("--parent", "also show what each snapshot follows", given -> parent = given);
        options.flag("--tree", "draw what follows what", given -> tree = given);
        options.flag("--roots", "only those that follow none", given -> roots = given);
        options.flag("--leaves", "only those that none follows", given -> leaves = given);
        options.flag("--no-leaves", "only those that some follow", given -> noLeaves = given);
        options.text("--from", "NAME", "only those that follow this one", word -> from = word);
        options.flag("--descendants", "with --from, also those that follow indirectly", given -> descendants = given);
        options.flag("--topological", "parents before children, which is always so", given -> topological = given);
    }

    @Override
    void check() {
        if (tree && (name || parent || roots)) {
            throw usage("--tree goes with none of --name, --parent and --roots");
        }
        if (descendants && from == null) {
            throw usage("--descendants needs --from NAME");
        }
    }

    @Override
    void run(Domain domain, Output output) {
        List<Snapshot> all = domain.snapshots();
        if (from != null) {
            domain.snapshot(from);
        }
        List<Snapshot> chosen = all.stream().filter(filter(all)).toList();
        if (output.isJson()) {
            output.json(chosen.stream().map(SnapshotListCommand::json).toList());
        } else if (tree) {
            output.text(SnapshotTree.draw(all, Optional.ofNullable(from)));
        } else if (name) {
            chosen.forEach(snapshot -> output.text(snapshot.name()));
        } else {
            output.table(table(chosen));
        }
    }

    /// As in libvirt, --leaves with --no-leaves is no filter.
    private Predicate<Snapshot> filter(List<Snapshot> all) {
        return snapshot -> {
            boolean isLeaf = SnapshotCommand.children(all, snapshot.name()).isEmpty();
            return (!roots || snapshot.parent().isEmpty())
                    && (leaves == noLeaves || leaves == isLeaf)
                    && (from == null || follows(all, snapshot));
        };
    }

    private boolean follows(List<Snapshot> all, Snapshot snapshot) {
        Optional<String> before = snapshot.parent();
        while (descendants && before.isPresent() && !before.get().equals(from)) {
            String wanted = before.get();
            before = all.stream()
                    .filter(each -> each.name().equals(wanted))
                    .findFirst()
                    .flatMap(Snapshot::parent);
        }
        return before.equals(Optional.of(from));
    }

    private Table table(List<Snapshot> snapshots) {
        var table = parent
                ? new Table("Name", "Creation Time", "State", "Parent")
                : new Table("Name", "Creation Time", "State");
        for (Snapshot snapshot : snapshots) {
            String created = created(snapshot).map(Humane::time).orElse("-");
            String state = state(snapshot);
            if (parent) {
                table.row(snapshot.name(), created, state, snapshot.parent().orElse(""));
            } else {
                table.row(snapshot.name(), created, state);
            }
        }
        return table;
    }

    static String state(Snapshot snapshot) {
        return snapshot.definition().state().orElse("-");
    }

    private static Optional<Instant> created(Snapshot snapshot) {
        return snapshot.definition().creationTime().stream()
                .mapToObj(Instant::ofEpochSecond)
                .findFirst();
    }

    private static JsonObject json(Snapshot snapshot) {
        return new JsonObject()
                .put("name", snapshot.name())
                .putText("created", created(snapshot).map(Instant::toString))
                .put("state", state(snapshot))
                .putText("parent", snapshot.parent())
                .put("current", snapshot.isCurrent());
    }
}
