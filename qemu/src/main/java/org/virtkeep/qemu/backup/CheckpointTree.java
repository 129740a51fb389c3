package org.virtkeep.qemu.backup;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// The checkpoints of a domain and which follows which. A checkpoint whose parent is not among them counts as
/// a root. Immutable.
final class CheckpointTree {
    private final Map<String, CheckpointDefinition> ordered;

    private CheckpointTree(Map<String, CheckpointDefinition> ordered) {
        this.ordered = ordered;
    }

    /// @param checkpoints in any order; if parents go round in a circle, it is cut somewhere
    static CheckpointTree of(Collection<CheckpointDefinition> checkpoints) {
        var waiting = new ArrayList<>(checkpoints);
        waiting.sort(Comparator.comparingLong((CheckpointDefinition checkpoint) ->
                        checkpoint.creationTime().orElse(0))
                .thenComparing(CheckpointStore::name));
        Set<String> missing = new HashSet<>();
        waiting.forEach(checkpoint -> missing.add(CheckpointStore.name(checkpoint)));
        Map<String, CheckpointDefinition> ordered = new LinkedHashMap<>();
        while (!waiting.isEmpty()) {
            CheckpointDefinition next = waiting.stream()
                    .filter(checkpoint ->
                            checkpoint.parent().filter(missing::contains).isEmpty())
                    .findFirst()
                    .orElse(waiting.getFirst());
            waiting.remove(next);
            missing.remove(CheckpointStore.name(next));
            ordered.put(CheckpointStore.name(next), next);
        }
        return new CheckpointTree(ordered);
    }

    /// All, parents before children, otherwise by age.
    List<CheckpointDefinition> all() {
        return List.copyOf(ordered.values());
    }

    int size() {
        return ordered.size();
    }

    Optional<CheckpointDefinition> find(String name) {
        return Optional.ofNullable(ordered.get(name));
    }

    /// Those that directly follow one, by age.
    List<CheckpointDefinition> children(String name) {
        return ordered.values().stream()
                .filter(checkpoint -> checkpoint.parent().equals(Optional.of(name)))
                .toList();
    }

    /// All that follow one, parents before children.
    List<CheckpointDefinition> descendants(String name) {
        Set<String> lineage = new HashSet<>(Set.of(name));
        var found = new ArrayList<CheckpointDefinition>();
        for (CheckpointDefinition checkpoint : ordered.values()) {
            String each = CheckpointStore.name(checkpoint);
            if (!lineage.contains(each)
                    && checkpoint.parent().filter(lineage::contains).isPresent()) {
                lineage.add(each);
                found.add(checkpoint);
            }
        }
        return found;
    }

    private boolean isLeaf(CheckpointDefinition checkpoint) {
        return children(CheckpointStore.name(checkpoint)).isEmpty();
    }

    private boolean isRoot(CheckpointDefinition checkpoint) {
        return checkpoint.parent().filter(ordered::containsKey).isEmpty();
    }

    /// The youngest of those that nothing follows.
    Optional<String> newestLeaf() {
        return ordered.values().stream()
                .filter(this::isLeaf)
                .reduce((_, later) -> later)
                .map(CheckpointStore::name);
    }

    /// What a listing of the domain shows.
    ///
    /// @throws VirtException INVALID_ARG for DESCENDANTS
    List<CheckpointDefinition> select(Set<CheckpointFilter> filters) {
        refuse(filters, CheckpointFilter.DESCENDANTS, "the checkpoints of a domain; it is for those that follow one");
        Predicate<CheckpointDefinition> roots = filters.contains(CheckpointFilter.ROOTS) ? this::isRoot : _ -> true;
        return all().stream().filter(roots.and(byLeaf(filters))).toList();
    }

    /// What a listing of those that follow a checkpoint shows.
    ///
    /// @throws VirtException INVALID_ARG for ROOTS
    List<CheckpointDefinition> select(String from, Set<CheckpointFilter> filters) {
        refuse(filters, CheckpointFilter.ROOTS, "those that follow a checkpoint; it is for all of a domain");
        List<CheckpointDefinition> following =
                filters.contains(CheckpointFilter.DESCENDANTS) ? descendants(from) : children(from);
        return following.stream().filter(byLeaf(filters)).toList();
    }

    private static void refuse(Set<CheckpointFilter> filters, CheckpointFilter filter, String what) {
        if (filters.contains(filter)) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG, "flag '%s' does not go with a list of %s".formatted(filter, what));
        }
    }

    private Predicate<CheckpointDefinition> byLeaf(Set<CheckpointFilter> filters) {
        boolean leaves = filters.contains(CheckpointFilter.LEAVES);
        boolean others = filters.contains(CheckpointFilter.NO_LEAVES);
        return leaves == others ? _ -> true : checkpoint -> isLeaf(checkpoint) == leaves;
    }

    /// The tree with more checkpoints, or with others of the same names.
    ///
    /// @throws VirtException INVALID_ARG (of error domain DOMAIN, as libvirt's) if one is its own parent, has
    ///     one that is not there, or is in a circle
    CheckpointTree with(List<CheckpointDefinition> redefined) {
        Map<String, CheckpointDefinition> together = new LinkedHashMap<>(ordered);
        redefined.forEach(checkpoint -> together.put(CheckpointStore.name(checkpoint), checkpoint));
        redefined.forEach(checkpoint -> requireLineage(checkpoint, together));
        return of(together.values());
    }

    private static void requireLineage(CheckpointDefinition checkpoint, Map<String, CheckpointDefinition> all) {
        String name = CheckpointStore.name(checkpoint);
        Set<String> seen = new HashSet<>(Set.of(name));
        Optional<String> parent = checkpoint.parent();
        if (parent.equals(Optional.of(name))) {
            throw invalid("checkpoint '%s' names itself as its parent".formatted(name));
        }
        while (parent.isPresent()) {
            CheckpointDefinition next = all.get(parent.get());
            if (next == null && seen.size() == 1) {
                throw invalid("parent '%s' of checkpoint '%s' is not known; redefine it first, or together"
                        .formatted(parent.get(), name));
            }
            if (!seen.add(parent.get())) {
                throw invalid("parent '%s' of checkpoint '%s' would make a circle"
                        .formatted(checkpoint.parent().orElseThrow(), name));
            }
            parent = next == null ? Optional.empty() : next.parent();
        }
    }

    private static VirtException invalid(String message) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.DOMAIN, message);
    }
}
