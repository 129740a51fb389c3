package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Checkpoint.DeleteFlag;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.state.Root;

/// A deletion of several checkpoints fails at each of its steps in turn: the next listing shows all of
/// them, or none, and bitmaps for exactly those that it shows.
@Tag("qemu")
class CheckpointTreeCrashIT {
    @TempDir
    Path dir;

    @Test
    void severalAreDeletedAllOrNone() {
        try (var vm = TestDomain.in(dir).disks(2).start()) {
            create(vm.domain(), "root");
            AtStep counting = AtStep.never();
            populate(vm.domain());
            delete(vm, counting);
            int gone = 0;
            for (int n = 1; n <= counting.steps(); n++) {
                populate(vm.domain());
                var plan = new AtStep(n, _ -> {
                    throw new IOException("injected: no space left on device");
                });
                try {
                    delete(vm, plan);
                } catch (VirtException e) {
                    assertThat(e.getMessage()).contains("injected");
                }
                gone += requireWhole(vm.domain(), plan) ? 1 : 0;
            }
            System.out.printf(
                    "deletion of three: failed at %d steps, after %d of them finished%n", counting.steps(), gone);
            assertThat(gone).isBetween(1, counting.steps());
        }
    }

    private static void populate(Domain domain) {
        List<String> known =
                domain.checkpoints().stream().map(each -> each.name()).toList();
        if (known.size() == 1) {
            create(domain, "a");
            create(domain, "b");
            create(domain, "c");
        }
    }

    private static void create(Domain domain, String name) {
        domain.checkpointCreate(
                CheckpointXml.read("<domaincheckpoint><name>%s</name></domaincheckpoint>".formatted(name)), Set.of());
    }

    private static void delete(TestDomain vm, StepPlan plan) {
        Root root = Root.open(vm.root().dir(), plan.files());
        JobServices services = JobServices.of(root, BackupSettings.DEFAULT);
        try (Connection connection = new EmbeddedConnection(vm.connection().uri(), root, services, plan::around)) {
            connection.domain("vm").checkpoint("a").delete(Set.of(DeleteFlag.CHILDREN));
        }
    }

    private static boolean requireWhole(Domain domain, AtStep plan) {
        List<String> names =
                domain.checkpoints().stream().map(each -> each.name()).toList();
        assertThat(names).as(plan.toString()).isIn(List.of("root"), List.of("root", "a", "b", "c"));
        assertThat(domain.checkpointHealth())
                .as(plan.toString())
                .allMatch(CheckpointHealth::known)
                .allMatch(CheckpointHealth::ok)
                .hasSameSizeAs(names);
        String current = domain.checkpoints().stream()
                .filter(each -> each.isCurrent())
                .findFirst()
                .orElseThrow()
                .name();
        if (names.size() == 1) {
            assertThat(current).isEqualTo("root");
        }
        return names.size() == 1;
    }
}
