package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.state.FileOperations;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.testkit.Accelerator;
import org.virtkeep.testkit.Guest;
import org.virtkeep.testkit.GuestConsole;
import org.virtkeep.testkit.GuestReport;
import org.virtkeep.testkit.GuestVm;
import org.virtkeep.testkit.Images;

/// A root with one domain in which the test guest's Linux writes to its disks without pause. It boots in about ten
/// seconds without KVM, so a class's tests share one. Closing it ends its QEMU.
final class GuestDomain implements AutoCloseable {

    /// For the writer's next record, on a machine that does other things too.
    static final Duration WRITE_LIMIT = Duration.ofSeconds(60);

    private static final String DISK_SIZE = "32M";

    private final TestDomain vm;
    private final GuestConsole console;

    private GuestDomain(TestDomain vm, GuestConsole console) {
        this.vm = vm;
        this.console = console;
    }

    /// What a domain with a guest is made of.
    static final class Builder {
        private final Path directory;
        private final List<String> names = new ArrayList<>();
        private final List<String> disks = new ArrayList<>();
        private final List<String> options = new ArrayList<>(List.of("report-ms=200"));
        private BackupSettings settings = BackupSettings.DEFAULT;
        private boolean ioThread;

        private Builder(Path directory) {
            this.directory = directory;
        }

        /// A disk that the writer writes to, and its image.
        Builder disk(String name, Path image) {
            names.add(name);
            disks.add(TestDomain.disk(name, image));
            return this;
        }

        /// Options of the guest, as `testkit/guest/init` lists them.
        Builder options(String... more) {
            options.addAll(Arrays.asList(more));
            return this;
        }

        /// All disks are served by an iothread.
        Builder ioThread() {
            ioThread = true;
            return this;
        }

        Builder settings(BackupSettings other) {
            settings = other;
            return this;
        }

        /// Starts the domain and waits until its writer writes.
        GuestDomain start() {
            if (disks.isEmpty()) {
                disk("vda", Images.qcow2(directory.resolve("vda.qcow2"), DISK_SIZE));
                disk("vdb", Images.qcow2(directory.resolve("vdb.qcow2"), DISK_SIZE));
            }
            Path log = directory.resolve("console.log");
            TestDomain vm = TestDomain.in(directory)
                    .settings(settings)
                    .definedBy(xml(log))
                    .start();
            var guest = new GuestDomain(vm, GuestConsole.of(log));
            try {
                guest.console.awaitReady(GuestVm.BOOT_LIMIT);
                return guest;
            } catch (RuntimeException | Error e) {
                guest.close();
                throw e;
            }
        }

        private String devices() {
            String all = String.join("", disks);
            return ioThread ? all.replace("<driver ", "<driver iothread='1' ") : all;
        }

        private String xml(Path log) {
            Guest guest = Guest.get();
            return """
                    <domain type='%s'>
                      <name>vm</name>
                      <memory unit='MiB'>256</memory>
                      <vcpu>2</vcpu>
                      <iothreads>1</iothreads>
                      <os>
                        <type arch='x86_64' machine='q35'>hvm</type>
                        <kernel>%s</kernel>
                        <initrd>%s</initrd>
                        <cmdline>%s</cmdline>
                      </os>
                      <features><acpi/></features>
                      <devices>
                        %s
                        <serial type='file'><source path='%s'/></serial>
                      </devices>
                    </domain>
                    """.formatted(
                            Accelerator.choose() == Accelerator.KVM ? "kvm" : "qemu",
                            guest.kernel(),
                            guest.initramfs(),
                            GuestVm.kernelCommandLine(names, options),
                            devices(),
                            log);
        }
    }

    /// A domain whose root and images are in `directory`; two disks of 32 MiB if none are named.
    static Builder in(Path directory) {
        return new Builder(directory);
    }

    TestDomain vm() {
        return vm;
    }

    Domain domain() {
        return vm.domain();
    }

    /// The same domain through a connection of its own, with other settings.
    Domain domainWith(BackupSettings settings) {
        return domainWith(settings, FileOperations.real());
    }

    Domain domainWith(BackupSettings settings, FileOperations files) {
        Root root = Root.open(vm.root().dir(), files);
        return new EmbeddedConnection(vm.connection().uri(), root, JobServices.of(root, settings)).domain("vm");
    }

    GuestConsole console() {
        return console;
    }

    GuestReport report() {
        return console.report().orElseThrow();
    }

    /// Waits until the writer has completed so many more records than it had told of.
    void awaitWrites(int records) {
        console.awaitSequence(console.report().map(GuestReport::sequence).orElse(0L) + records, WRITE_LIMIT);
    }

    /// The domain runs, its writer goes on, and none of its writes ever failed.
    void requireUnharmed() {
        assertThat(domain().state()).isEqualTo(DomainState.RUNNING);
        long before = console.awaitNextReport(WRITE_LIMIT).sequence();
        GuestReport now = console.awaitSequence(before + 1, WRITE_LIMIT);
        assertThat(now.errors()).as("failed writes").isZero();
        assertThat(console.messages()).noneMatch(message -> message.startsWith("write-error"));
    }

    @Override
    public void close() {
        vm.close();
    }
}
