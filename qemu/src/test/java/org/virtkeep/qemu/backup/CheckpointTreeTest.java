package org.virtkeep.qemu.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// ```
/// a ── b ── c ── d        r
///      └─── e
/// ```
class CheckpointTreeTest {
    private final CheckpointTree tree = CheckpointTree.of(List.of(
            at("d", 4, "c"), at("e", 5, "b"), at("c", 3, "b"), at("r", 2, "gone"), at("b", 2, "a"), at("a", 1)));

    static CheckpointDefinition at(String name, long time, String... parent) {
        return new CheckpointDefinition(
                Optional.of(name),
                Optional.empty(),
                OptionalLong.of(time),
                List.of(parent).stream().findFirst(),
                Optional.empty(),
                Optional.empty());
    }

    private static List<String> names(List<CheckpointDefinition> checkpoints) {
        return checkpoints.stream().map(CheckpointStore::name).toList();
    }

    private List<String> select(CheckpointFilter... filters) {
        return names(tree.select(Set.of(filters)));
    }

    private List<String> following(String from, CheckpointFilter... filters) {
        return names(tree.select(from, Set.of(filters)));
    }

    @Test
    void parentsComeBeforeTheirChildren() {
        assertThat(select()).containsExactly("a", "b", "r", "c", "d", "e");
        assertThat(select(CheckpointFilter.TOPOLOGICAL)).isEqualTo(select());
    }

    @Test
    void aDomainsCheckpointsAreFiltered() {
        assertThat(select(CheckpointFilter.ROOTS)).containsExactly("a", "r");
        assertThat(select(CheckpointFilter.LEAVES)).containsExactly("r", "d", "e");
        assertThat(select(CheckpointFilter.NO_LEAVES)).containsExactly("a", "b", "c");
        assertThat(select(CheckpointFilter.ROOTS, CheckpointFilter.LEAVES)).containsExactly("r");
    }

    @Test
    void leavesAndNoLeavesTogetherAreNoFilter() {
        assertThat(select(CheckpointFilter.LEAVES, CheckpointFilter.NO_LEAVES)).isEqualTo(select());
        assertThat(following("b", CheckpointFilter.LEAVES, CheckpointFilter.NO_LEAVES))
                .containsExactly("c", "e");
    }

    @Test
    void whatFollowsACheckpointIsFiltered() {
        assertThat(following("b")).containsExactly("c", "e");
        assertThat(following("a", CheckpointFilter.DESCENDANTS)).containsExactly("b", "c", "d", "e");
        assertThat(following("a", CheckpointFilter.DESCENDANTS, CheckpointFilter.LEAVES))
                .containsExactly("d", "e");
        assertThat(following("d")).isEmpty();
    }

    @Test
    void filtersOfTheOtherListAreRefused() {
        assertThatThrownBy(() -> select(CheckpointFilter.DESCENDANTS)).isInstanceOf(VirtException.class);
        assertThatThrownBy(() -> following("a", CheckpointFilter.ROOTS)).isInstanceOf(VirtException.class);
    }

    @Test
    void severalAreAddedInAnyOrder() {
        CheckpointTree more = tree.with(List.of(at("y", 9, "x"), at("x", 9, "e"), at("b", 2)));
        assertThat(names(more.select("b", Set.of(CheckpointFilter.DESCENDANTS))))
                .containsExactly("c", "d", "e", "x", "y");
        assertThat(names(more.select(Set.of(CheckpointFilter.ROOTS)))).containsExactly("a", "b", "r");
    }

    @Test
    void parentsThatCannotBeAreRefusedWithLibvirtsCode() {
        assertInvalid(() -> tree.with(List.of(at("x", 9, "x"))), "itself");
        assertInvalid(() -> tree.with(List.of(at("x", 9, "unknown"))), "'unknown'");
        assertInvalid(() -> tree.with(List.of(at("a", 1, "d"))), "circle");
        assertInvalid(() -> tree.with(List.of(at("x", 9, "y"), at("y", 9, "x"))), "circle");
    }

    private static void assertInvalid(ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(VirtException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARG);
                    assertThat(e.domain()).isEqualTo(ErrorDomain.DOMAIN);
                })
                .hasMessageContainingAll(words);
    }

    @Test
    void filesThatGoRoundInACircleAreListedAllTheSame() {
        assertThat(names(CheckpointTree.of(List.of(at("x", 1, "y"), at("y", 2, "x")))
                        .all()))
                .containsExactlyInAnyOrder("x", "y");
    }
}
