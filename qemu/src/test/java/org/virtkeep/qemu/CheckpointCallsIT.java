package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.DeleteFlag;
import org.virtkeep.api.Checkpoint.XmlFlag;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;

/// The checkpoint calls and their flags, on a running domain.
@Tag("qemu")
class CheckpointCallsIT {
    @TempDir
    Path dir;

    private static void create(Domain domain, String name) {
        create(domain, name, "");
    }

    private static void create(Domain domain, String name, String content) {
        domain.checkpointCreate(xml("<name>%s</name>%s".formatted(name, content)), Set.of());
    }

    private static CheckpointDefinition xml(String content) {
        return CheckpointXml.read("<domaincheckpoint>%s</domaincheckpoint>".formatted(content));
    }

    private static String below(String parent) {
        return "<parent><name>%s</name></parent>".formatted(parent);
    }

    private static List<String> tree(Domain domain) {
        return domain.checkpoints().stream()
                .map(checkpoint -> checkpoint
                        .parent()
                        .map(parent -> parent + ">" + checkpoint.name())
                        .orElse(checkpoint.name()))
                .toList();
    }

    private static String current(Domain domain) {
        List<String> current = domain.checkpoints().stream()
                .filter(Checkpoint::isCurrent)
                .map(Checkpoint::name)
                .toList();
        assertThat(current).hasSize(1);
        return current.getFirst();
    }

    @Test
    void aNewCheckpointFollowsTheOneItNamesOrElseTheCurrentOne() {
        try (var vm = TestDomain.in(dir).start()) {
            Domain domain = vm.domain();
            create(domain, "c1");
            create(domain, "c2");
            create(domain, "d1", below("c1"));
            assertThat(current(domain)).isEqualTo("d1");
            create(domain, "d2");
            assertThat(tree(domain)).containsExactly("c1", "c1>c2", "c1>d1", "d1>d2");
            domain.checkpoint("d2").delete(Set.of());
            domain.checkpoint("d1").delete(Set.of());
            assertThat(current(domain)).as("as libvirt has it").isEqualTo("c1");
            assertRefused(ErrorCode.INVALID_ARG, () -> create(domain, "x", below("nothing")))
                    .hasMessageContaining("'nothing'");
            VirtException taken = org.assertj.core.api.Assertions.catchThrowableOfType(
                    VirtException.class, () -> create(domain, "c1"));
            assertThat(taken.code()).isEqualTo(ErrorCode.OPERATION_FAILED);
            assertThat(taken.domain()).isEqualTo(ErrorDomain.DOMAIN);
            assertThat(tree(domain)).containsExactly("c1", "c1>c2");
        }
    }

    @Test
    void theCheckpointOfADifferentialHangsBelowItsBase() {
        try (var vm = TestDomain.in(dir).start()) {
            Domain domain = vm.domain();
            create(domain, "c1");
            create(domain, "c2");
            int id = domain.backupBegin(
                    BackupXml.read("""
                            <domainbackup mode='pull'><incremental>c1</incremental>
                              <server transport='unix' socket='%s'/></domainbackup>""".formatted(dir.resolve("s"))), Optional.of(xml("<name>d1</name>")), Set.of());
            domain.backupEnd(id, Set.of(BackupEndFlag.ABORT));
            assertThat(tree(domain)).containsExactly("c1", "c1>c2", "c1>d1");
        }
    }

    @Test
    void severalAreDeletedAtOnceWithTheirBitmaps() {
        try (var vm = TestDomain.in(dir).disks(2).start()) {
            Domain domain = vm.domain();
            for (String name : List.of("c1", "c2", "c3", "c4", "c5")) {
                create(domain, name);
            }
            assertRefused(
                    ErrorCode.INVALID_ARG,
                    () -> domain.checkpoint("c4").delete(Set.of(DeleteFlag.CHILDREN, DeleteFlag.CHILDREN_ONLY)));
            domain.checkpoint("c4").delete(Set.of(DeleteFlag.CHILDREN_ONLY));
            assertThat(tree(domain)).containsExactly("c1", "c1>c2", "c2>c3", "c3>c4");
            assertThat(current(domain)).isEqualTo("c4");
            domain.checkpoint("c2").delete(Set.of());
            assertThat(tree(domain)).containsExactly("c1", "c1>c3", "c3>c4");
            domain.checkpoint("c3").delete(Set.of(DeleteFlag.CHILDREN));
            assertThat(tree(domain)).containsExactly("c1");
            assertThat(current(domain)).isEqualTo("c1");
            assertThat(Traces.of(vm).blocks().bitmaps()).hasSize(2).allMatch(bitmap -> bitmap.contains("/c1 "));
            assertThat(domain.checkpoint("c1").children(Set.of(CheckpointFilter.DESCENDANTS)))
                    .isEmpty();
        }
    }

    @Test
    void recordsThatWereLostAreRedefinedInBulkAndInAnyOrder() {
        try (var vm = TestDomain.in(dir).start()) {
            Domain domain = vm.domain();
            var saved = new ArrayList<CheckpointDefinition>();
            for (String name : List.of("c1", "c2", "c3")) {
                create(domain, name);
            }
            domain.checkpoints().forEach(each -> saved.add(CheckpointXml.read(each.xml(Set.of(XmlFlag.SECURE)))));
            domain.checkpoint("c1").delete(Set.of(DeleteFlag.CHILDREN, DeleteFlag.METADATA_ONLY));
            assertThat(domain.checkpoints()).isEmpty();
            assertThat(domain.checkpointHealth())
                    .extracting(CheckpointHealth::name)
                    .containsExactly("c1", "c2", "c3");
            assertThat(domain.checkpointHealth())
                    .noneMatch(CheckpointHealth::known)
                    .allMatch(CheckpointHealth::ok);
            assertRefused(ErrorCode.INVALID_ARG, () -> domain.checkpointsRedefine(List.of(saved.get(2)), false));
            assertThat(domain.checkpointsRedefine(saved.reversed(), true))
                    .extracting(Checkpoint::name)
                    .containsExactly("c1", "c2", "c3");
            assertThat(tree(domain)).containsExactly("c1", "c1>c2", "c2>c3");
            assertThat(current(domain)).isEqualTo("c3");
            CheckpointDefinition again = saved.get(1).withParent(Optional.empty());
            domain.checkpointCreate(again, Set.of(CheckpointCreateFlag.REDEFINE));
            assertThat(tree(domain)).containsExactly("c1", "c2", "c2>c3");
            create(domain, "c4");
            assertThat(domain.checkpoint("c4").parent()).contains("c3");
        }
    }

    @Test
    void redefiningChecksFlagsAndBitmaps() {
        try (var vm = TestDomain.in(dir).disks(2).define()) {
            Domain domain = vm.domain();
            Tool.run("qemu-img", "bitmap", "--add", vm.image("vda").toString(), "c1");
            CheckpointDefinition both = xml(
                    "<name>c1</name><creationTime>7</creationTime><disks><disk name='vda'/><disk name='vdb'/></disks>");
            assertRefused(ErrorCode.CHECKPOINT_INCONSISTENT, () -> domain.checkpointsRedefine(List.of(both), true))
                    .hasMessageContainingAll("'vdb'", "'c1'");
            assertThat(domain.checkpoints()).isEmpty();
            CheckpointDefinition one = xml("<name>c1</name><creationTime>7</creationTime><disks><disk name='vda'/>"
                    + "<disk name='vdz'/></disks>");
            domain.checkpointCreate(one, Set.of(CheckpointCreateFlag.REDEFINE, CheckpointCreateFlag.REDEFINE_VALIDATE));
            assertThat(domain.checkpoint("c1").definition(Set.of()).creationTime())
                    .hasValue(7);
            assertRefused(
                    ErrorCode.INVALID_ARG,
                    () -> domain.checkpointCreate(one, Set.of(CheckpointCreateFlag.REDEFINE_VALIDATE)));
            assertRefused(
                    ErrorCode.INVALID_ARG,
                    () -> domain.checkpointCreate(
                            one, Set.of(CheckpointCreateFlag.REDEFINE, CheckpointCreateFlag.QUIESCE)));
            assertRefused(ErrorCode.INVALID_ARG, () -> domain.checkpointsRedefine(List.of(both, both), false));
        }
    }

    /// Layers below the active one are open read-only.
    @Test
    void aCheckpointIsDeletedFromAllImagesOfAChain() {
        Path base = Images.qcow2(dir.resolve("base.qcow2"), "8M");
        Tool.run("qemu-img", "bitmap", "--add", base.toString(), "c1");
        Path top = Images.overlay(dir.resolve("top.qcow2"), base, "qcow2");
        Tool.run("qemu-img", "bitmap", "--add", top.toString(), "c1");
        try (var vm =
                TestDomain.in(dir).diskElements(TestDomain.disk("vda", top)).start()) {
            Domain domain = vm.domain();
            Traces before = Traces.of(vm);
            domain.checkpointImport(List.of("c1"), Set.of());
            vm.write("vda", "write -P 1 0 64k");
            domain.checkpoint("c1").delete(Set.of());
            assertThat(Traces.of(vm).blocks().bitmaps()).isEmpty();
            assertThat(Traces.of(vm).blocks().nodes())
                    .as("read-only again")
                    .isEqualTo(before.blocks().nodes());
            domain.destroy();
            assertThat(Images.info(base).at("/format-specific/data/bitmaps").isMissingNode())
                    .isTrue();
            Images.requireClean(base);
        }
    }

    @Test
    void aCheckpointFromBeforeASnapshotHoldsAndIsDeletedFromBothImages() {
        try (var vm = TestDomain.in(dir).disks(2).start()) {
            Domain domain = vm.domain();
            create(domain, "c1");
            domain.snapshotCreate(
                    SnapshotBench.snapshot("s1"),
                    SnapshotBench.checkpoint("c2"),
                    Set.of(Domain.SnapshotCreateFlag.DISK_ONLY));
            vm.write("vda", "write -P 1 0 64k");
            assertThat(tree(domain)).containsExactly("c1", "c1>c2");
            assertThat(current(domain)).isEqualTo("c2");
            assertThat(domain.checkpointHealth()).hasSize(2).allMatch(CheckpointHealth::ok);
            domain.checkpoint("c1").delete(Set.of());
            assertThat(Traces.of(vm).blocks().bitmaps()).hasSize(2).allMatch(bitmap -> bitmap.contains("/c2 "));
            domain.destroy();
            assertThat(domain.checkpointHealth()).hasSize(1).allMatch(CheckpointHealth::ok);
            Images.requireClean(vm.image("vda"));
        }
    }
}
