package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.qemu.backup.Checkpoints;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.watch.FolderStates;

/// What may be left undone when the caller of a deletion is told that it is done.
@Tag("qemu")
class CheckpointDeletionIT {
    @TempDir
    Path dir;

    /// Deletes a checkpoint as a process does that dies when it has answered.
    ///
    /// @return what is noted about it then
    private static byte[] deleteAndDie(TestDomain vm, String name) throws IOException {
        try (DomainSession session = vm.session()) {
            new Checkpoints(vm.root(), FolderStates.polled(vm.root())).delete(session, name, Set.of());
            return Files.readAllBytes(change(vm));
        }
    }

    private static void create(Domain domain, String... names) {
        for (String name : names) {
            domain.checkpointCreate(DoomedCommand.checkpoint(name).orElseThrow(), Set.of());
        }
    }

    private static List<String> names(Domain domain) {
        return domain.checkpoints().stream().map(Checkpoint::name).toList();
    }

    private static Path change(TestDomain vm) {
        return vm.root().folder("vm").checkpoints().resolve(".change.json");
    }

    @Test
    void whatIsLeftOfADeletionThatIsDoneIsClearedAwayByTheNextSession() throws IOException {
        try (var vm = TestDomain.in(dir).start()) {
            create(vm.domain(), "one", "two");
            CheckpointDefinition two = vm.domain().checkpoint("two").definition(Set.of());
            deleteAndDie(vm, "two");
            assertThat(names(vm.domain())).containsExactly("one");
            assertThat(vm.domain().checkpoint("one").isCurrent()).isTrue();
            try (Connection next = vm.reconnect()) {
                next.domain("vm").suspend();
                next.domain("vm").resume();
                create(next.domain("vm"), "three");
                assertThat(next.notices()).isEmpty();
                next.domain("vm").checkpointsRedefine(List.of(two), false);
                assertThat(next.domain("vm").checkpoint("three").isCurrent()).isTrue();
                assertThat(next.domain("vm").checkpoint("three").parent()).contains("one");
            }
            assertThat(change(vm)).doesNotExist();
        }
    }

    @Test
    void oneThatGetsTheNameOfADeletedOneIsCurrentOnlyIfItFollowsTheCurrentOne() throws IOException {
        try (var vm = TestDomain.in(dir).start()) {
            create(vm.domain(), "one", "two");
            CheckpointDefinition two = vm.domain().checkpoint("two").definition(Set.of());
            deleteAndDie(vm, "two");
            try (Connection next = vm.reconnect()) {
                next.domain("vm").checkpoint("one").delete(Set.of());
                next.domain("vm").checkpointsRedefine(List.of(two.withParent(Optional.empty())), false);
                create(next.domain("vm"), "three");
                assertThat(next.domain("vm").checkpoint("three").parent()).contains("two");
            }
        }
    }

    @Test
    void aNoteThatACrashOfTheHostHasSpoiltIsNone() throws IOException {
        try (var vm = TestDomain.in(dir).start()) {
            create(vm.domain(), "one", "two");
            byte[] whole = deleteAndDie(vm, "two");
            vm.killQemu();
            Files.write(change(vm), Arrays.copyOf(whole, whole.length / 2));
            try (Connection next = vm.reconnect()) {
                assertThat(names(next.domain("vm"))).containsExactly("one");
                next.domain("vm").start(Set.of());
                next.domain("vm").checkpoint("one").delete(Set.of());
                create(next.domain("vm"), "three");
                assertThat(names(next.domain("vm"))).containsExactly("three");
            }
        }
    }
}
