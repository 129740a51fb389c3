package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qmp.CharacterDevice;
import org.virtkeep.qmp.QueryChardev;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Guest;
import org.virtkeep.testkit.GuestConsole;
import org.virtkeep.testkit.GuestVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Monitor;

/// A domain with a real Linux guest.
@Tag("qemu")
class GuestLifecycleIT {
    private static final Duration BOOT_LIMIT = GuestVm.BOOT_LIMIT.multipliedBy(2); // emulated, and others build
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private String xml(Path console) {
        Guest guest = Guest.get();
        return """
                <domain type='qemu'>
                  <name>linux</name><memory unit='MiB'>256</memory><vcpu>2</vcpu><iothreads>1</iothreads>
                  <os><type arch='x86_64' machine='q35'>hvm</type>
                    <kernel>%s</kernel><initrd>%s</initrd><cmdline>%s</cmdline></os>
                  <features><acpi/></features><cpu mode='maximum'/>
                  <devices>%s%s
                    <serial type='file'><source path='%s'/></serial>
                    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
                  </devices>
                </domain>
                """.formatted(
                        guest.kernel(),
                        guest.initramfs(),
                        GuestVm.kernelCommandLine(List.of("vda", "vdb"), List.of("agent=1")),
                        disk("vda").replace("type='qcow2'", "type='qcow2' iothread='1'"),
                        disk("vdb"),
                        console);
    }

    private String disk(String target) {
        return TestDomain.disk(target, Images.qcow2(dir.resolve(target + ".qcow2"), "64M"));
    }

    @Test
    void bootsWritesAndShutsDown() {
        Root root = Root.open(dir.resolve("root"));
        GuestConsole console = GuestConsole.of(dir.resolve("console.log"));
        try (Connection connection =
                new EmbeddedConnection("qemu:///embed", root, JobServices.of(root, BackupSettings.DEFAULT))) {
            Domain domain = connection.define(xml(dir.resolve("console.log")));
            domain.start(Set.of());
            try {
                console.awaitReady(BOOT_LIMIT);
                console.awaitSequence(1, LIMIT);
                assertDisksAndAgent(root);
                Path watch = root.folder("linux")
                        .readRun()
                        .orElseThrow()
                        .watchMonitors()
                        .getFirst();
                try (Monitor monitor = Monitor.connect(watch)) {
                    domain.shutdown();
                    monitor.awaitEvent("SHUTDOWN", LIMIT);
                    monitor.awaitEvent("STOP", LIMIT);
                }
                assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
            } finally {
                root.folder("linux")
                        .readRun()
                        .flatMap(DomainRun::process)
                        .ifPresent(org.virtkeep.qemu.machine.QemuProcess::kill);
            }
            assertThat(root.events().after(0).stream()
                            .map(event -> ((org.virtkeep.api.Event.Lifecycle) event)
                                    .type()
                                    .name()))
                    .containsExactly("DEFINED", "STARTED", "RESUMED", "SHUTDOWN", "STOPPED");
            Images.requireClean(dir.resolve("vda.qcow2"));
        }
    }

    private static void assertDisksAndAgent(Root root) {
        try (DomainSession session = new Sessions(root, JobRecovery.NONE).open("linux", "test")) {
            assertThat(session.disks())
                    .hasSize(2)
                    .allSatisfy(disk -> assertThat(disk.disk().device()).isEqualTo(DomainDisk.Device.DISK));
            assertThat(session.disk("vda").iothread()).contains("iothread1");
            Await.until(
                    "the guest agent",
                    LIMIT,
                    () -> session.execute(new QueryChardev()).stream()
                            .filter(device -> device.label().equals("agent0"))
                            .anyMatch(CharacterDevice::frontendOpen));
        }
    }
}
