package org.virtkeep.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A real QEMU machine without a guest: its firmware halts the CPU at once, so it starts in a tenth of a second
/// and takes no time afterwards. Everything about its disks, jobs, exports and monitors is real; writes come
/// from the host ([#io], [#load], [SequenceWriter]).
public final class HaltVm extends TestVm {

    private static final Duration IO_LIMIT = Duration.ofSeconds(120);

    private boolean serving; // whether QEMU's NBD server runs, started by us

    private HaltVm(Builder builder, List<String> machine) {
        super(builder.directory, builder.disks, builder.monitors, machine);
    }

    /// What a machine is made of.
    public static final class Builder {
        private final Path directory;
        private final List<VmDisk> disks = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private int monitors = 2;
        private boolean running = true;

        private Builder(Path directory) {
            this.directory = directory;
        }

        public Builder disks(VmDisk... more) {
            disks.addAll(Arrays.asList(more));
            return this;
        }

        /// How many monitor sockets are free for the code under test; 2 if not said.
        public Builder monitors(int count) {
            monitors = count;
            return this;
        }

        /// Leaves the machine in run state `prelaunch` as `-S` does, instead of `running`.
        public Builder paused() {
            running = false;
            return this;
        }

        /// More arguments for QEMU's command line.
        public Builder arguments(String... more) {
            arguments.addAll(Arrays.asList(more));
            return this;
        }

        /// Starts QEMU and waits for its monitors.
        public HaltVm start() {
            var machine = new ArrayList<>(List.of("-machine", "q35,accel=tcg", "-m", "64", "-S"));
            machine.addAll(List.of("-bios", HaltingFirmware.in(directory).toString()));
            machine.addAll(arguments);
            var vm = new HaltVm(this, machine);
            if (running) {
                vm.monitor().execute("cont");
            }
            return vm;
        }
    }

    /// A machine whose files live in `directory`, whose name must be short enough for a Unix socket in it.
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /// Does what a guest would do, with a command of `qemu-io`: `write -P 0x11 0 1M`, `write -z -u 0 64k`,
    /// `discard 0 1M`, `read -P 0x11 0 512`, `write -s FILE 0 4k`. It goes through the device's own connection
    /// to the block graph, so it meets whatever filter stands there, and blocks QEMU's main loop meanwhile.
    /// Thread-safe.
    ///
    /// @return the line `qemu-io` printed, `wrote 1048576/1048576 bytes at offset 0`
    /// @throws AssertionError if the command failed or did not do all of its work
    public String io(String disk, String command) {
        synchronized (process()) {
            int from = process().lines().size();
            String refusal = monitor().human("qemu-io -d " + disk(disk).qdev() + " \"" + command + "\"");
            if (!refusal.isBlank()) {
                throw new AssertionError("qemu-io '" + command + "' on " + disk + ": " + refusal.strip());
            }
            String result = process().awaitLine(from, IO_LIMIT, HaltVm::isIoResult);
            if (!result.matches("(wrote|read|discard) (\\d+)/\\2 bytes at offset \\d+")) {
                throw new AssertionError("qemu-io '" + command + "' on " + disk + ": " + result);
            }
            return result;
        }
    }

    /// Opens a connection that writes to the disk as a guest would, beside QEMU's other work: a writable export
    /// of the device's top node. The disk must have been added with [VmDisk#withSharedWrites()]. Uses the one
    /// NBD server that a QEMU process has, so it suits tests whose code under test does not need it.
    public NbdWriter load(String disk) {
        Path socket = directory().resolve("load-" + pid());
        if (!serving) {
            var address = Json.object("type", "unix", "data", Json.object("path", socket.toString()));
            monitor().execute("nbd-server-start", Json.object("addr", address));
            serving = true;
        }
        var export = Json.object("type", "nbd", "id", "load-" + disk, "name", "load-" + disk, "writable", true);
        monitor().execute("block-export-add", export.put("node-name", topNode(disk)));
        return NbdWriter.connect(socket, "load-" + disk);
    }

    /// QEMU's own messages do not count, nor the second line of the command before: `1 MiB, 1 ops; 00.01 sec …`.
    private static boolean isIoResult(String line) {
        return !line.startsWith("qemu-system-") && !line.contains(" ops; ");
    }
}
