package org.virtkeep.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "snapshot-list",
        header = "list a domain's snapshots",
        description = "Lists the snapshots of a domain, each after the one it follows.",
        footer = {
            "virtkeep snapshot-list web1 --tree",
            "virtkeep snapshot-list web1 --from s1 --descendants --name",
            "    all that follow s1, directly or not"
        })
final class SnapshotListCommand extends DomainCommand {
    @Option(names = "--name", description = "write names only")
    private boolean name;

    @Option(names = "--parent", description = "also show what each snapshot follows")
    private boolean parent;

    @Option(names = "--tree", description = "draw what follows what")
    private boolean tree;

    @Option(names = "--roots", description = "only those that follow none")
    private boolean roots;

    @Option(names = "--leaves", description = "only those that none follows")
    private boolean leaves;

    @Option(names = "--no-leaves", description = "only those that some follow")
    private boolean noLeaves;

    @Option(names = "--from", paramLabel = "NAME", description = "only those that follow this one")
    private String from;

    @Option(names = "--descendants", description = "with --from, also those that follow indirectly")
    private boolean descendants;

    @Option(names = "--topological", description = "parents before children, which is always so")
    private boolean topological;

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
