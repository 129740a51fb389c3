package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.Domain.CheckpointRepairFlag;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qmp.QuitQemu;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;

/// What is told of checkpoints after restarts, ends and crashes, and what a repair makes of it.
@Tag("qemu")
class CheckpointHealthIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    private static void create(Domain domain, String name, String... disks) {
        String list =
                disks.length == 0 ? "" : "<disks><disk name='" + String.join("'/><disk name='", disks) + "'/></disks>";
        domain.checkpointCreate(
                CheckpointXml.read("<domaincheckpoint><name>%s</name>%s</domaincheckpoint>".formatted(name, list)),
                Set.of());
    }

    /// `c1: vda ok, vdb missing`; unknown ones in brackets.
    private static List<String> health(Domain domain) {
        return domain.checkpointHealth().stream()
                .map(health -> (health.known() ? "%s: %s" : "[%s]: %s")
                        .formatted(
                                health.name(),
                                String.join(
                                        ", ",
                                        health.disks().stream()
                                                .map(disk -> disk.disk() + " "
                                                        + disk.state().label())
                                                .toList())))
                .toList();
    }

    private static List<String> steps(CheckpointRepair repair) {
        return repair.steps().stream()
                .map(step -> "%s %s: %s"
                        .formatted(
                                step.checkpoint(),
                                step.disk().orElse("-"),
                                step.action().label()))
                .toList();
    }

    private static List<String> bitmaps(Path image) {
        return Images.info(image).at("/format-specific/data/bitmaps").findValuesAsText("name");
    }

    private void beginIncremental(Domain domain, String since) {
        int id = domain.backupBegin(BackupXml.read("""
                        <domainbackup mode='pull'><incremental>%s</incremental>
                          <server transport='unix' socket='%s'/></domainbackup>""".formatted(since, dir.resolve("s"))), Optional.empty(), Set.of());
        domain.backupEnd(id, Set.of(BackupEndFlag.ABORT));
    }

    @Test
    void allHoldsAfterARestartOfOursAndAfterAnOrderlyEnd() throws IOException {
        try (var vm = TestDomain.in(dir).disks(2).start()) {
            Domain domain = vm.domain();
            create(domain, "c1");
            create(domain, "c2", "vdb");
            List<String> sound = List.of("c1: vda ok, vdb ok", "c2: vdb ok");
            assertThat(health(domain)).isEqualTo(sound);
            try (Connection other = vm.reconnect()) {
                assertThat(health(other.domain("vm"))).as("our own restart").isEqualTo(sound);
            }
            domain.destroy();
            assertThat(health(domain)).as("destroyed").isEqualTo(sound);
            domain.start(Set.of());
            assertThat(health(domain)).isEqualTo(sound);
            create(domain, "c3");
            try (var monitor = vm.monitor()) {
                monitor.execute(new QuitQemu(), Deadline.in(LIMIT)); // as when the guest powers off
            }
            Await.until("QEMU's end", LIMIT, () -> !vm.process().isAlive());
            assertThat(health(domain))
                    .as("powered off")
                    .containsExactly("c1: vda ok, vdb ok", "c2: vdb ok", "c3: vda ok, vdb ok");
            domain.start(Set.of());
            beginIncremental(domain, "c1");
        }
    }

    @Test
    void afterAKillItIsToldWhatIsLostAndRepairPutsItRight() {
        try (var vm = TestDomain.in(dir).disks(2).start()) {
            Domain domain = vm.domain();
            create(domain, "c1", "vda");
            create(domain, "c2");
            domain.destroy();
            domain.start(Set.of());
            create(domain, "c3");
            vm.killQemu();
            List<String> lost = List.of(
                    "c1: vda inconsistent", "c2: vda inconsistent, vdb inconsistent", "c3: vda missing, vdb missing");
            assertThat(health(domain)).as("before the next start").isEqualTo(lost);
            assertThat(steps(domain.checkpointRepair(Optional.of("c2"), Set.of(CheckpointRepairFlag.DRY_RUN))))
                    .containsExactly("c2 vda: bitmaps removed", "c2 vdb: bitmaps removed", "c2 -: checkpoint dropped");
            domain.start(Set.of());
            assertThat(health(domain)).as("running again").isEqualTo(lost);
            for (String name : List.of("c1", "c2", "c3")) {
                assertRefused(ErrorCode.CHECKPOINT_INCONSISTENT, () -> beginIncremental(domain, name))
                        .hasMessageContainingAll("'vda'", "'" + name + "'", "full backup", "checkpoint-repair");
            }
            create(domain, "c4");
            beginIncremental(domain, "c4");
            domain.checkpoint("c3").delete(Set.of()); // never stored: nothing of it is there
            assertThat(steps(domain.checkpointRepair(Optional.empty(), Set.of(CheckpointRepairFlag.DRY_RUN))))
                    .hasSize(5);
            assertThat(health(domain)).hasSize(3);
            assertThat(steps(domain.checkpointRepair(Optional.of("c1"), Set.of())))
                    .containsExactly("c1 vda: bitmaps removed", "c1 -: checkpoint dropped");
            assertThat(steps(domain.checkpointRepair(Optional.empty(), Set.of())))
                    .containsExactly("c2 vda: bitmaps removed", "c2 vdb: bitmaps removed", "c2 -: checkpoint dropped");
            assertThat(health(domain)).containsExactly("c4: vda ok, vdb ok");
            assertThat(domain.checkpoint("c4").parent()).isEmpty();
            assertThat(domain.checkpointRepair(Optional.empty(), Set.of()).steps())
                    .isEmpty();
            create(domain, "c1");
            domain.destroy();
            assertThat(bitmaps(vm.image("vda"))).containsExactlyInAnyOrder("c4", "c1");
        }
    }

    @Test
    void aKillDuringABackupLosesItsCheckpointAndDeleteClearsUp() {
        try (var vm = TestDomain.in(dir).start()) {
            Domain domain = vm.domain();
            create(domain, "c1");
            domain.destroy();
            domain.start(Set.of());
            domain.backupBegin(
                    BackupXml.read("<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>"
                            .formatted(dir.resolve("s"))),
                    Optional.of(CheckpointXml.read("<domaincheckpoint><name>c2</name></domaincheckpoint>")),
                    Set.of());
            vm.killQemu();
            assertThat(health(domain)).containsExactly("c1: vda inconsistent", "c2: vda missing");
            domain.start(Set.of());
            domain.checkpoint("c1").delete(Set.of());
            domain.checkpoint("c2").delete(Set.of());
            assertThat(health(domain)).isEmpty();
            domain.destroy();
            assertThat(bitmaps(vm.image("vda"))).isEmpty();
        }
    }

    @Test
    void aDiskThatIsLostIsMarkedAndTheOthersStay() {
        try (var vm = TestDomain.in(dir).disks(2).start()) {
            Domain domain = vm.domain();
            create(domain, "c1");
            create(domain, "c2");
            domain.destroy();
            Tool.run("qemu-img", "bitmap", "--remove", vm.image("vdb").toString(), "c1");
            Tool.run("qemu-img", "bitmap", "--disable", vm.image("vdb").toString(), "c2");
            List<String> found = List.of("c1: vda ok, vdb missing", "c2: vda ok, vdb not recording");
            assertThat(health(domain)).isEqualTo(found);
            domain.start(Set.of());
            assertThat(health(domain)).isEqualTo(found);
            assertThat(steps(domain.checkpointRepair(Optional.empty(), Set.of())))
                    .containsExactly("c1 vdb: disk lost", "c2 vdb: bitmaps removed", "c2 vdb: disk lost");
            assertThat(health(domain)).containsExactly("c1: vda ok", "c2: vda ok");
            assertThat(domain.checkpoint("c2").parent()).contains("c1");
            assertRefused(ErrorCode.CHECKPOINT_INCONSISTENT, () -> beginIncremental(domain, "c1"))
                    .hasMessageContaining("'vdb'");
        }
    }

    @Test
    void bitmapsOfNobodyAreToldAndImported() {
        try (var vm = TestDomain.in(dir).disks(2).define()) {
            Domain domain = vm.domain();
            Tool.run("qemu-img", "bitmap", "--add", vm.image("vda").toString(), "1600000000");
            Tool.run("qemu-img", "bitmap", "--add", vm.image("vda").toString(), "half");
            Tool.run("qemu-img", "bitmap", "--add", vm.image("vdb").toString(), "half");
            Tool.run("qemu-img", "bitmap", "--disable", vm.image("vdb").toString(), "half");
            Tool.run("qemu-img", "bitmap", "--add", vm.image("vdb").toString(), "no name");
            assertThat(health(domain))
                    .containsExactly("[1600000000]: vda ok", "[half]: vda ok, vdb not recording", "[no name]: vdb ok");
            assertRefused(
                    ErrorCode.NO_DOMAIN_CHECKPOINT, () -> domain.checkpointImport(List.of("half", "x"), Set.of()));
            assertThat(steps(domain.checkpointImport(List.of(), Set.of())))
                    .containsExactly(
                            "1600000000 -: checkpoint imported",
                            "half vdb: left",
                            "half -: checkpoint imported",
                            "no name vdb: left");
            assertThat(health(domain)).containsExactly("1600000000: vda ok", "half: vda ok", "[no name]: vdb ok");
            assertThat(domain.checkpoint("1600000000").definition(Set.of()).creationTime())
                    .hasValue(1_600_000_000);
            assertRefused(ErrorCode.OPERATION_FAILED, () -> domain.checkpointImport(List.of("half"), Set.of()));
            assertRefused(
                    ErrorCode.NO_DOMAIN_CHECKPOINT, () -> domain.checkpointRepair(Optional.of("never"), Set.of()));
            domain.start(Set.of());
            assertThat(health(domain)).containsExactly("1600000000: vda ok", "half: vda ok", "[no name]: vdb ok");
            domain.checkpoint("1600000000").delete(Set.of());
            domain.checkpoint("half").delete(Set.of());
            domain.destroy();
            assertThat(bitmaps(vm.image("vda"))).isEmpty();
        }
    }

    /// Snapshots by others may leave holes.
    @Test
    void aBackingChainIsOkWithoutHolesOnly() {
        Path base = Images.qcow2(dir.resolve("base.qcow2"), "8M");
        Path middle = Images.overlay(dir.resolve("middle.qcow2"), base, "qcow2");
        Path top = Images.overlay(dir.resolve("top.qcow2"), middle, "qcow2");
        add("whole", base, middle, top);
        add("upper", middle, top);
        add("hole", base, top);
        add("below", base, middle);
        try (var vm =
                TestDomain.in(dir).diskElements(TestDomain.disk("vda", top)).define()) {
            Domain domain = vm.domain();
            List<String> found =
                    List.of("[below]: vda missing", "[hole]: vda gap", "[upper]: vda ok", "[whole]: vda ok");
            assertThat(health(domain)).isEqualTo(found);
            assertRefused(ErrorCode.CHECKPOINT_INCONSISTENT, () -> domain.checkpointImport(List.of("hole"), Set.of()));
            domain.checkpointsRedefine(
                    List.of(CheckpointXml.read("<domaincheckpoint><name>hole</name><creationTime>1</creationTime>"
                            + "<disks><disk name='vda'/></disks></domaincheckpoint>")),
                    false);
            domain.start(Set.of());
            assertThat(health(domain))
                    .containsExactly("hole: vda gap", "[below]: vda missing", "[upper]: vda ok", "[whole]: vda ok");
            assertThat(steps(domain.checkpointRepair(Optional.of("hole"), Set.of())))
                    .containsExactly("hole vda: bitmaps removed", "hole -: checkpoint dropped");
            domain.destroy();
            assertThat(bitmaps(base)).containsExactlyInAnyOrder("whole", "below");
            assertThat(bitmaps(top)).containsExactlyInAnyOrder("whole", "upper");
        }
    }

    private static void add(String bitmap, Path... images) {
        for (Path image : images) {
            Tool.run("qemu-img", "bitmap", "--add", image.toString(), bitmap);
        }
    }

    @Test
    void whatABackupRefusesAfterAResizeIsNotOk() {
        Path base = Images.qcow2(dir.resolve("base.qcow2"), "8M");
        Path top = Images.overlay(dir.resolve("top.qcow2"), base, "qcow2");
        Tool.run("qemu-img", "resize", "-q", top.toString(), "16M");
        add("c1", base, top);
        try (var vm =
                TestDomain.in(dir).diskElements(TestDomain.disk("vda", top)).define()) {
            Domain domain = vm.domain();
            assertThat(health(domain)).containsExactly("[c1]: vda resized");
            domain.checkpointsRedefine(
                    List.of(CheckpointXml.read("<domaincheckpoint><name>c1</name><creationTime>1</creationTime>"
                            + "<disks><disk name='vda'/></disks></domaincheckpoint>")),
                    false);
            domain.start(Set.of());
            assertThat(health(domain)).containsExactly("c1: vda resized");
            assertRefused(ErrorCode.CHECKPOINT_INCONSISTENT, () -> beginIncremental(domain, "c1"));
            assertThat(steps(domain.checkpointRepair(Optional.empty(), Set.of())))
                    .containsExactly("c1 vda: left");
            domain.checkpoint("c1").delete(Set.of());
            assertThat(health(domain)).isEmpty();
        }
    }

    @Test
    void whatCannotBeLookedAtIsUnknownAndIsLeftAlone() throws IOException {
        try (var vm = TestDomain.in(dir).disks(2).start()) {
            Domain domain = vm.domain();
            create(domain, "c1");
            domain.destroy();
            Path moved = Files.move(vm.image("vdb"), dir.resolve("elsewhere"));
            assertThat(health(domain)).containsExactly("c1: vda ok, vdb unknown");
            assertThat(steps(domain.checkpointRepair(Optional.empty(), Set.of())))
                    .containsExactly("c1 vdb: left");
            Files.move(moved, vm.image("vdb"));
            assertThat(health(domain)).containsExactly("c1: vda ok, vdb ok");
        }
    }
}
