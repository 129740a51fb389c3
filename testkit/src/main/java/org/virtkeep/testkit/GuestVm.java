package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// A real Linux guest with the writer inside. Boots in a few seconds with KVM and in four to fifteen without.
public final class GuestVm extends TestVm {

    /// How long a boot may take on a slow and busy machine.
    public static final Duration BOOT_LIMIT = Duration.ofSeconds(120);

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    private final GuestConsole console;
    private final SocketChannel keyboard;

    private GuestVm(Builder builder, List<String> machine) {
        super(builder.directory, builder.disks, builder.monitors, machine);
        this.console = GuestConsole.of(logOf(builder.directory));
        try {
            this.keyboard = connectKeyboard();
        } catch (RuntimeException e) {
            kill();
            throw e;
        }
    }

    /// What a machine is made of. Unless told otherwise the writer writes to all disks, as fast as they allow.
    public static final class Builder {
        private final Path directory;
        private final List<VmDisk> disks = new ArrayList<>();
        private final List<String> options = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private List<String> writerDisks = List.of();
        private int monitors = 2;

        private Builder(Path directory) {
            this.directory = directory;
        }

        public Builder disks(VmDisk... more) {
            disks.addAll(Arrays.asList(more));
            return this;
        }

        /// The guest's names of the disks that the writer writes to, `vda`, `sdb`, in the order of the sequence.
        public Builder writeTo(String... names) {
            writerDisks = List.of(names);
            return this;
        }

        /// Options of the guest, `rate=100`, `zero=50`, `count=1000`, `mode=idle`; `testkit/guest/init` lists them.
        public Builder options(String... more) {
            options.addAll(Arrays.asList(more));
            return this;
        }

        /// Runs the guest agent, reached through [GuestVm#agentSocket()].
        public Builder agent() {
            return options("agent=1");
        }

        /// Keeps a mounted and busy ext4 file system on the disk with this name in the guest.
        public Builder fileSystem(String name) {
            return options("fs=" + name);
        }

        /// How many monitor sockets are free for the code under test; 2 if not said.
        public Builder monitors(int count) {
            monitors = count;
            return this;
        }

        /// More arguments for QEMU's command line.
        public Builder arguments(String... more) {
            arguments.addAll(Arrays.asList(more));
            return this;
        }

        /// Starts QEMU; the guest boots then, see [GuestVm#awaitReady()].
        public GuestVm start() {
            return new GuestVm(this, machine());
        }

        private List<String> machine() {
            Guest guest = Guest.get();
            var machine = new ArrayList<>(List.of("-machine", "q35", "-m", "256", "-smp", "2"));
            machine.addAll(Accelerator.choose().arguments());
            machine.addAll(List.of(
                    "-kernel",
                    guest.kernel().toString(),
                    "-initrd",
                    guest.initramfs().toString()));
            machine.addAll(List.of("-append", GuestVm.kernelCommandLine(writtenDisks(), options)));
            machine.addAll(List.of("-chardev", socket("console") + ",logfile=" + logOf(directory)));
            machine.addAll(List.of("-serial", "chardev:console"));
            machine.addAll(List.of("-chardev", socket("agent"), "-device", "virtio-serial-pci"));
            machine.addAll(List.of("-device", "virtserialport,id=agent0,chardev=agent,name=org.qemu.guest_agent.0"));
            machine.addAll(arguments);
            return machine;
        }

        private String socket(String name) {
            return "socket,id=" + name + ",path=" + directory.resolve(name) + ",server=on,wait=off";
        }

        private List<String> writtenDisks() {
            return writerDisks.isEmpty() ? disks.stream().map(VmDisk::id).toList() : writerDisks;
        }
    }

    /// A machine whose files live in `directory`, whose name must be short enough for a Unix socket in it.
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /// The kernel's command line for a guest whose writer writes to `disks`, with options as in
    /// [Builder#options].
    public static String kernelCommandLine(List<String> disks, List<String> options) {
        return "console=ttyS0 quiet panic=-1 virtkeep.disks=" + String.join(",", disks)
                + options.stream().map(option -> " virtkeep." + option).collect(Collectors.joining());
    }

    public GuestConsole console() {
        return console;
    }

    /// The socket of the guest agent's channel. QEMU serves one client at a time.
    public Path agentSocket() {
        return directory().resolve("agent");
    }

    /// Waits until the writer begins, and gives the number of the record before its first one.
    public long awaitReady() {
        return console.awaitReady(BOOT_LIMIT);
    }

    /// The number of the last whole record that the writer reported; 0 before its first report. The true number
    /// is that or a little more.
    public long sequence() {
        return console.report().map(GuestReport::sequence).orElse(0L);
    }

    /// The longest single write so far, as the guest saw it, counting one that still hangs. Time during which
    /// the machine was paused does not count: the guest's clock stands still then.
    public Duration longestStall() {
        return console.report().map(GuestReport::worstStall).orElse(Duration.ZERO);
    }

    /// Writes that failed in the guest and were tried again.
    public long writeErrors() {
        return console.report().map(GuestReport::errors).orElse(0L);
    }

    /// Fails the test unless the writer completes another record within `limit`.
    public void requireWritesGoOn(Duration limit) {
        console.awaitSequence(console.awaitNextReport(limit).sequence() + 1, limit);
    }

    /// Lets the writer stop after the record in work.
    ///
    /// @return the number of the last record
    public long pauseWriter() {
        return GuestConsole.number(tell("pause", "paused "), "seq");
    }

    public void continueWriter() {
        tell("continue", "continued");
    }

    /// Presses the power button; the guest ends its writer and powers off.
    public void powerDown() {
        monitor().execute("system_powerdown");
        process().awaitExit(ANSWER_LIMIT);
    }

    @Override
    public void close() {
        super.close();
        try {
            keyboard.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String tell(String line, String answer) {
        int from = console.messages().size();
        try {
            keyboard.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException("the guest's console is gone", e);
        }
        return console.await(from, ANSWER_LIMIT, message -> message.startsWith(answer));
    }

    /// Connects to the console for input. Its output is read from the log; what the socket gives is thrown away,
    /// so that a full socket never holds up the guest.
    private SocketChannel connectKeyboard() {
        try {
            var channel =
                    SocketChannel.open(UnixDomainSocketAddress.of(directory().resolve("console")));
            Thread.ofVirtual().name("testkit-console").start(() -> drain(channel));
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to the guest's console", e);
        }
    }

    private static void drain(SocketChannel channel) {
        var buffer = ByteBuffer.allocate(8192);
        try {
            while (channel.read(buffer) >= 0) {
                buffer.clear();
            }
        } catch (IOException _) {
            // closed
        }
    }

    private static Path logOf(Path directory) {
        return directory.resolve("console.log");
    }
}
