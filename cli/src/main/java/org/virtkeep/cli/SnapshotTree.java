package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Snapshot;

/// Draws which snapshot follows which, as virsh does.
final class SnapshotTree {
    private final List<Snapshot> all;
    private final StringBuilder lines = new StringBuilder();

    private SnapshotTree(List<Snapshot> all) {
        this.all = all;
    }

    /// @param from draw only this one and what follows it; empty for all
    static String draw(List<Snapshot> all, Optional<String> from) {
        var tree = new SnapshotTree(all);
        all.stream()
                .filter(snapshot -> from.isPresent()
                        ? from.get().equals(snapshot.name())
                        : snapshot.parent().isEmpty())
                .forEach(root -> {
                    tree.lines.append(root.name()).append('\n');
                    tree.addChildren(root.name(), "  ");
                });
        return tree.lines.toString().stripTrailing();
    }

    private void addChildren(String parent, String indent) {
        List<Snapshot> children = SnapshotCommand.children(all, parent);
        for (Snapshot child : children) {
            boolean last = child.equals(children.getLast());
            lines.append(indent)
                    .append("|\n")
                    .append(indent)
                    .append("+- ")
                    .append(child.name())
                    .append('\n');
            addChildren(child.name(), indent + (last ? "    " : "|   "));
        }
    }
}
