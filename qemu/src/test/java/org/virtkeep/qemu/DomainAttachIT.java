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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Bus;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.VmDisk;

@Tag("qemu")
class DomainAttachIT {
    private static final String UUID = "12345678-1234-5678-1234-567812345678";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path dir;

    private Root root;
    private Connection connection;

    @BeforeEach
    void open() {
        root = Root.open(dir.resolve("root"));
        connection = new EmbeddedConnection("qemu:///embed", root, JobServices.of(root, BackupSettings.DEFAULT));
    }

    @AfterEach
    void close() {
        connection.close();
    }

    private Path image(String name) {
        return Images.qcow2(dir.resolve(name + ".qcow2"), "16M");
    }

    private HaltVm.Builder machine() throws IOException {
        return HaltVm.in(Files.createDirectories(dir.resolve("vm"))).arguments("-uuid", UUID, "-smp", "2");
    }

    private List<String> events() {
        return root.events().after(0).stream()
                .map(event -> ((org.virtkeep.api.Event.Lifecycle) event).type().name())
                .toList();
    }

    @Test
    void namesTheDisksAsLibvirtWould() throws IOException {
        try (var vm = machine()
                .disks(
                        VmDisk.qcow2("root", image("a")),
                        VmDisk.qcow2("vdc", image("b")),
                        VmDisk.raw("data", Images.raw(dir.resolve("c.raw"), "8M")),
                        VmDisk.qcow2("s0", image("d")).on(Bus.SCSI),
                        VmDisk.qcow2("s1", image("e")).on(Bus.SCSI))
                .arguments("-device", "ide-cd,id=cd0")
                .start()) {
            Domain domain = connection.attach("web", vm.monitorSockets());
            assertThat(domain.blockDevices())
                    .containsExactlyInAnyOrder(
                            new BlockDevice("vda", "file", "disk", Optional.of(dir + "/a.qcow2")),
                            new BlockDevice("vdc", "file", "disk", Optional.of(dir + "/b.qcow2")),
                            new BlockDevice("vdb", "file", "disk", Optional.of(dir + "/c.raw")),
                            new BlockDevice("sdb", "file", "disk", Optional.of(dir + "/d.qcow2")),
                            new BlockDevice("sdc", "file", "disk", Optional.of(dir + "/e.qcow2")),
                            new BlockDevice("sda", "file", "cdrom", Optional.empty()));
            assertThat(domain.uuid()).hasToString(UUID);
            assertThat(domain.xml()).contains("<vcpu>2</vcpu>", "pc-q35-", "type='qcow2'", "type='raw'");
            assertThat(domain.blockInfo("vdb").capacity()).isEqualTo(8 << 20);
            try (DomainSession session = new Sessions(root, JobRecovery.NONE).open("web", "test")) {
                assertThat(session.disk("vda").node()).isEqualTo("root");
                assertThat(session.disk("sdc").node()).isEqualTo("s1");
                assertThat(session.disks()).extracting(LiveDisk::iothread).containsOnly(Optional.empty());
                assertThat(session.run().flatMap(DomainRun::process))
                        .hasValueSatisfying(process -> assertThat(process.pid()).isEqualTo(vm.pid()));
            }
        }
    }

    @Test
    void understandsDisksMadeWithTheOldDriveOption() throws IOException {
        try (var vm = machine()
                .arguments(
                        "-drive",
                        "if=none,id=d0,format=qcow2,file=" + image("a"),
                        "-object",
                        "iothread,id=io7",
                        "-device",
                        "virtio-blk-pci,drive=d0,iothread=io7",
                        "-drive",
                        "if=virtio,format=raw,file=null-co://")
                .start()) {
            connection.attach("old", vm.monitorSockets());
            try (DomainSession session = new Sessions(root, JobRecovery.NONE).open("old", "test")) {
                assertThat(session.disks()).singleElement().satisfies(disk -> {
                    assertThat(disk.target()).isEqualTo("vda");
                    assertThat(disk.node()).startsWith("#block");
                    assertThat(disk.iothread()).contains("io7");
                });
            }
            assertThat(connection.notices()).singleElement().asString().contains("null-co://", "cannot be backed up");
        }
    }

    @Test
    void runsWithUsButIsNotOurs() throws IOException {
        try (var vm = machine().disks(VmDisk.qcow2("vda", image("a"))).start()) {
            Domain domain = connection.attach("web", vm.monitorSockets());
            assertThat(domain.isPersistent()).isFalse();
            assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
            assertThat(connection.domains(Set.of(DomainFilter.TRANSIENT, DomainFilter.ACTIVE)))
                    .hasSize(1);
            domain.suspend();
            assertThat(vm.status()).isEqualTo("paused");
            domain.resume();
            assertThat(vm.status()).isEqualTo("running");
            assertRefused(ErrorCode.OPERATION_INVALID, () -> domain.start(Set.of()));
            domain.undefine(Set.of());
            assertThat(vm.status()).isEqualTo("running");
            assertRefused(ErrorCode.NO_DOMAIN, domain::state);
            assertThat(events()).containsExactly("STARTED", "SUSPENDED", "RESUMED", "UNDEFINED");
        }
    }

    @Test
    void vanishesWithItsQemu() throws IOException {
        try (var vm = machine().disks(VmDisk.qcow2("vda", image("a"))).start()) {
            Domain domain = connection.attach("web", vm.monitorSockets());
            vm.kill();
            assertRefused(ErrorCode.NO_DOMAIN, domain::state);
            assertThat(connection.domains(Set.of())).isEmpty();
            assertThat(connection.notices()).singleElement().asString().contains("'web'");
            assertThat(events()).containsExactly("STARTED", "STOPPED");
        }
        try (var again =
                machine().disks(VmDisk.qcow2("vda", dir.resolve("a.qcow2"))).start()) {
            assertThat(connection.attach("web", again.monitorSockets()).id()).hasValue(2);
        }
    }

    @Test
    void vanishesEvenIfItsProcessIsNotKnown() throws IOException {
        try (var vm = machine().disks(VmDisk.qcow2("vda", image("a"))).start()) {
            Domain domain = connection.attach("web", vm.monitorSockets());
            DomainRun run = root.folder("web").readRun().orElseThrow();
            root.folder("web").writeRun(run.started(Optional.empty(), run.qemuVersion(), run.reported()));
            assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
            vm.kill();
            assertRefused(ErrorCode.NO_DOMAIN, domain::state);
        }
    }

    @Test
    void isEndedOnlyWhenAsked() throws IOException {
        try (var vm = machine().disks(VmDisk.qcow2("vda", image("a"))).start()) {
            Domain domain = connection.attach("web", vm.monitorSockets());
            connection.close();
            assertThat(vm.status()).isEqualTo("running");
            open();
            connection.domain("web").destroy();
            Await.until("QEMU's end", LIMIT, () -> !vm.process().isAlive());
            assertRefused(ErrorCode.NO_DOMAIN, () -> connection.domain("web"));
            assertThat(domain.name()).isEqualTo("web");
        }
    }

    @Test
    void isEndedEvenIfItsProcessIsNotKnown() throws IOException {
        try (var vm = machine().disks(VmDisk.qcow2("vda", image("a"))).start()) {
            Domain domain = connection.attach("web", vm.monitorSockets());
            DomainRun run = root.folder("web").readRun().orElseThrow();
            root.folder("web").writeRun(run.started(Optional.empty(), run.qemuVersion(), run.reported()));
            domain.destroy();
            Await.until("QEMU's end", LIMIT, () -> !vm.process().isAlive());
            assertThat(connection.domains(Set.of())).isEmpty();
        }
    }

    @Test
    void refusesWhatItCannotReachOrKnowsAlready() throws IOException {
        Path nobody = dir.resolve("nobody.sock");
        assertRefused(ErrorCode.NO_CONNECT, () -> connection.attach("web", List.of(nobody)))
                .hasMessageContaining(nobody.toString());
        assertRefused(ErrorCode.INVALID_ARG, () -> connection.attach("web", List.of()));
        try (var vm = machine().disks(VmDisk.qcow2("vda", image("a"))).start()) {
            assertRefused(
                    ErrorCode.NO_CONNECT,
                    () -> connection.attach("web", List.of(vm.monitorSockets().getFirst(), nobody)));
            connection.attach("web", vm.monitorSockets());
            assertRefused(ErrorCode.OPERATION_FAILED, () -> connection.attach("web", vm.monitorSockets()))
                    .hasMessageContaining("'web' already exists");
            assertRefused(ErrorCode.OPERATION_FAILED, () -> connection.attach("again", vm.monitorSockets()))
                    .hasMessageContaining("is domain 'web' already");
            vm.kill();
        }
        assertThat(connection.domains(Set.of())).isEmpty();
    }
}
