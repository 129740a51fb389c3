package org.virtkeep.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.FileOperations;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qemu.watch.FolderStates;
import org.virtkeep.qmp.HumanMonitorCommand;
import org.virtkeep.qmp.QmpConnection;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.testkit.HaltingFirmware;
import org.virtkeep.testkit.Images;

/// A root with one domain that has real disks and no guest: its firmware halts at once, so that it starts in
/// a tenth of a second and takes no time. Closing it ends its QEMU.
///
/// ```java
/// try (var vm = TestDomain.in(dir).disks(2).start()) {
///     vm.write("vda", "write -P 0x11 0 1M");
///     vm.domain().backupBegin(…);
/// }
/// ```
@SuppressWarnings("exports") // tests see the whole module
public final class TestDomain implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int BIOS_BYTES = 64 * 1024;
    private static final byte HLT = (byte) 0xF4;

    private final Path directory;
    private final Root root;
    private final JobServices services;
    private final Connection connection;
    private final String name;

    private TestDomain(Builder builder) {
        this.directory = builder.directory;
        this.name = builder.name;
        this.root = Root.open(directory.resolve("root"), builder.files);
        FolderStates states =
                builder.states.map(other -> other.apply(root)).orElseGet(() -> FolderStates.watched(root));
        JobServices usual = JobServices.of(root, builder.settings, states);
        this.services = new JobServices(
                builder.recovery.orElse(usual.recovery()),
                usual.backups(),
                usual.checkpoints(),
                usual.snapshots(),
                root,
                states);
        this.connection = new EmbeddedConnection("qemu:///embed?root=" + root.dir(), root, services, builder.monitors);
    }

    /// What a domain is made of.
    public static final class Builder {
        private final Path directory;
        private final List<String> disks = new ArrayList<>();
        private String name = "vm";
        private int disksByDefault = 1;
        private FileOperations files = FileOperations.real();
        private UnaryOperator<QmpMonitor> monitors = UnaryOperator.identity();
        private Optional<JobRecovery> recovery = Optional.empty();
        private Optional<Function<Root, FolderStates>> states = Optional.empty();
        private BackupSettings settings = BackupSettings.DEFAULT;
        private String extra = "";
        private Optional<String> definition = Optional.empty();

        private Builder(Path directory) {
            this.directory = directory;
        }

        public Builder name(String domain) {
            name = domain;
            return this;
        }

        /// So many new qcow2 disks of 64 MiB on virtio: `DIR/vda.qcow2`, … 1 if not said.
        public Builder disks(int count) {
            disksByDefault = count;
            return this;
        }

        /// Disks as given instead: `<disk>` elements.
        public Builder diskElements(String... elements) {
            disks.addAll(Arrays.asList(elements));
            return this;
        }

        /// More elements for `<domain>`.
        public Builder with(String elements) {
            extra = elements;
            return this;
        }

        /// The whole definition, instead of one that is made of disks; it must have the domain's name.
        public Builder definedBy(String xml) {
            definition = Optional.of(xml);
            return this;
        }

        /// How the root changes files.
        public Builder files(FileOperations operations) {
            files = operations;
            return this;
        }

        /// What is put around the monitors that the connection's sessions open.
        public Builder monitors(UnaryOperator<QmpMonitor> decorator) {
            monitors = decorator;
            return this;
        }

        /// Makes a push last until the test ends it or lets it go.
        public Builder slowCopies() {
            return monitors(SlowCopies::new);
        }

        /// How backups are run.
        public Builder settings(BackupSettings other) {
            settings = other;
            return this;
        }

        /// What is told when the domain is opened and stopped, instead of the backups.
        public Builder recovery(JobRecovery other) {
            recovery = Optional.of(other);
            return this;
        }

        /// How changes of files are noticed, instead of as usual.
        public Builder states(Function<Root, FolderStates> other) {
            states = Optional.of(other);
            return this;
        }

        /// The root with the domain defined and shut off.
        public TestDomain define() {
            if (definition.isEmpty() && disks.isEmpty()) {
                for (int i = 0; i < disksByDefault; i++) {
                    String target = "vd" + (char) ('a' + i);
                    disks.add(disk(target, Images.qcow2(directory.resolve(target + ".qcow2"), "64M")));
                }
            }
            var domain = new TestDomain(this);
            domain.connection.define(
                    definition.orElseGet(() -> xml(name, haltingBios(directory), String.join("", disks), extra)));
            return domain;
        }

        /// The root with the domain running.
        public TestDomain start() {
            TestDomain domain = define();
            domain.domain().start(Set.of());
            return domain;
        }
    }

    /// A domain whose root and images are in `directory`.
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /// A `<disk>` for a qcow2 image on virtio.
    public static String disk(String target, Path image) {
        return disk(target, image, "qcow2", "virtio");
    }

    public static String disk(String target, Path image, String format, String bus) {
        return """
                <disk type='file' device='disk'>
                  <driver name='qemu' type='%s'/>
                  <source file='%s'/>
                  <target dev='%s' bus='%s'/>
                </disk>
                """.formatted(format, image.toAbsolutePath(), target, bus);
    }

    /// The definition of a domain whose firmware halts at once.
    public static String xml(String name, Path firmware, String devices, String extra) {
        return """
                <domain type='qemu'>
                  <name>%s</name>
                  <memory unit='MiB'>64</memory>
                  <os>
                    <type arch='x86_64' machine='q35'>hvm</type>
                    <loader type='rom'>%s</loader>
                  </os>
                  %s
                  <devices>%s</devices>
                </domain>
                """.formatted(name, firmware, extra, devices);
    }

    public static Path haltingBios(Path directory) {
        return HaltingFirmware.in(directory);
    }

    /// A firmware that halts when it is started first, and powers the machine off when it is reset. It tells the two
    /// apart by what it has left in memory.
    public static Path poweringOffBios(Path directory) {
        var code = new byte[BIOS_BYTES];
        Arrays.fill(code, HLT);
        byte[] program = HexFormat.of()
                .parseHex(
                        "31c08ed8" // ds = 0
                                + "813e0005aa557409" // if [500h] != 55AAh
                                + "c7060005aa55f4ebfd" // [500h] = 55AAh, halt
                                + "66b840f80080baf80c66ef66b801060000bafc0c66ef" // q35's LPC: ACPI registers at 600h
                                + "66b844f80080baf80c66ef66b880000000bafc0c66ef" // and switched on
                                + "ba0406b80020effaf4ebfd"); // S5
        byte[] reset = {(byte) 0xEA, 0, 0, 0, (byte) 0xF0}; // jmp F000:0000
        System.arraycopy(program, 0, code, 0, program.length);
        System.arraycopy(reset, 0, code, BIOS_BYTES - 16, reset.length);
        try {
            return Files.write(directory.resolve("off.bin"), code);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where root and images are.
    public Path directory() {
        return directory;
    }

    /// The image of a disk that was made by [Builder#disks(int)].
    public Path image(String target) {
        return directory.resolve(target + ".qcow2");
    }

    public Root root() {
        return root;
    }

    public Connection connection() {
        return connection;
    }

    /// Another connection to the same root, as another process would have it.
    public Connection reconnect() {
        return new EmbeddedConnection(connection.uri(), Root.open(root.dir()), services);
    }

    /// As [#reconnect()], with another way to change files.
    public Connection reconnect(FileOperations files) {
        Root other = Root.open(root.dir(), files);
        return new EmbeddedConnection(connection.uri(), other, JobServices.of(other, BackupSettings.DEFAULT));
    }

    public Domain domain() {
        return connection.domain(name);
    }

    /// Holds the domain for one operation.
    public DomainSession session() {
        return new Sessions(root, services.recovery()).open(name, "test");
    }

    /// The run as it was recorded last.
    public DomainRun run() {
        return root.folder(name).readRun().orElseThrow();
    }

    /// The QEMU that was recorded last.
    public ProcessIdentity process() {
        return run().process().orElseThrow();
    }

    /// A monitor beside those that the driver and a job's keeper use. The caller closes it.
    public QmpMonitor monitor() {
        try {
            return QmpConnection.connect(run().watchMonitors().getLast(), Deadline.in(LIMIT));
        } catch (QmpException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Does what a guest would do, with a command of `qemu-io`: `write -P 0x11 0 1M`. It goes through the
    /// device's own connection to the block graph, and blocks QEMU's main loop meanwhile.
    ///
    /// @throws AssertionError with what `qemu-io` printed if it did not do all of its work
    public void write(String target, String command) {
        Path log = root.folder(name).log();
        String qdev = run().devices().get(target).qdev();
        try (QmpMonitor monitor = monitor()) {
            long before = Files.size(log);
            monitor.execute(
                    new HumanMonitorCommand("qemu-io -d %s \"%s\"".formatted(qdev, command)), Deadline.in(LIMIT));
            requireNoComplaint(command, log, before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What succeeded is printed to a buffer that is written at QEMU's end; what failed, at once.
    private static void requireNoComplaint(String command, Path log, long from) throws IOException {
        String printed =
                new String(Files.readAllBytes(log), java.nio.charset.StandardCharsets.UTF_8).substring((int) from);
        if (printed.contains("failed") || printed.contains("rror")) {
            throw new AssertionError("qemu-io '" + command + "': " + printed);
        }
    }

    /// Kills QEMU with SIGKILL and waits until it is gone. Nobody is told.
    public void killQemu() {
        QemuProcess.kill(process());
    }

    /// Ends the domain's QEMU, if there is one.
    @Override
    public void close() {
        root.folder(name).readHolder().flatMap(DomainRun::process).ifPresent(QemuProcess::kill);
        connection.close();
    }

    /// The lifecycle events so far, such as `STOPPED destroyed`, and the kinds of the others.
    public List<String> events() {
        return root.events().after(0).stream()
                .map(event -> event instanceof Event.Lifecycle lifecycle
                        ? lifecycle.type() + " " + lifecycle.detail()
                        : event.getClass().getSimpleName())
                .toList();
    }
}
