package org.virtkeep.cli;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;

/// Checkpoints drawn as a tree, byte for byte as virsh draws it.
final class CheckpointDrawing {
    private final List<String> names;
    private final Map<String, Optional<String>> parents = new HashMap<>();

    /// @param checkpoints in the order in which those with the same parent are drawn
    CheckpointDrawing(List<Checkpoint> checkpoints) {
        this.names = checkpoints.stream().map(Checkpoint::name).toList();
        checkpoints.forEach(checkpoint -> parents.put(checkpoint.name(), checkpoint.parent()));
    }

    /// @param from the root, which is not among the checkpoints; empty: each without a parent is one
    String of(Optional<String> from) {
        Set<String> drawn = new HashSet<>(names);
        List<String> roots = from.map(List::of)
                .orElseGet(() -> names.stream()
                        .filter(name ->
                                parents.get(name).filter(drawn::contains).isEmpty())
                        .toList());
        var text = new StringBuilder();
        roots.forEach(root -> draw(text, "", "", Table.printable(root), root, true));
        return text.toString();
    }

    /// @param before what stands before the name itself
    /// @param below  what stands before everything below it
    private void draw(StringBuilder text, String before, String below, String shown, String name, boolean last) {
        text.append(before).append(shown).append('\n');
        List<String> children = names.stream()
                .filter(child -> parents.get(child).equals(Optional.of(name)))
                .toList();
        if (!children.isEmpty()) {
            text.append(below).append("  |\n");
        }
        for (String child : children) {
            boolean isLast = child.equals(children.getLast());
            draw(text, below + "  +- ", below + "  " + (isLast ? "  " : "| "), Table.printable(child), child, isLast);
        }
        if (children.isEmpty() && last) {
            text.append(below).append('\n');
        }
    }
}
