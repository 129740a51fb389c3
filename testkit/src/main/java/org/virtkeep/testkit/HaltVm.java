package org.virtkeep.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A real QEMU machine without a guest: its firmware halts the CPU at once, so it starts in a tenth of a second
/// and takes no time afterwards. Everything about its disks, jobs, exports and monitors is real; writes come
/// from the host ([#io], [#load]).
///
/// The last monitor socket belongs to the fixture itself ([#monitor()]); the others are free for the code under
/// test. `close()` kills QEMU and waits for its end. Not thread-safe, except [#io].
public final class HaltVm implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration IO_LIMIT = Duration.ofSeconds(120);
    private static final int BIOS_BYTES = 64 * 1024;
    private static final byte HLT = (byte) 0xF4;

    private final Path directory;
    private final List<VmDisk> disks;
    private final List<Path> sockets;
    private final ChildProcess process;
    private final Monitor monitor;

    private HaltVm(Path directory, List<VmDisk> disks, List<Path> sockets, ChildProcess process, Monitor monitor) {
        this.directory = directory;
        this.disks = disks;
        this.sockets = sockets;
        this.process = process;
        this.monitor = monitor;
    }

    /// What a machine is made of. Files are put into `directory`, which must be short enough for a Unix socket.
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
            List<Path> sockets = IntStream.rangeClosed(0, monitors)
                    .mapToObj(i -> directory.resolve("qmp" + i))
                    .toList();
            var process = ChildProcess.start("qemu", command(sockets));
            try {
                Await.until("QEMU's monitor socket; " + process.tail(), START_LIMIT, () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("QEMU ended at once; " + process.tail());
                    }
                    return Files.exists(sockets.getLast());
                });
                var vm = new HaltVm(directory, List.copyOf(disks), sockets, process, connect(sockets.getLast()));
                if (running) {
                    vm.monitor.execute("cont");
                }
                return vm;
            } catch (RuntimeException | Error e) {
                process.close();
                throw e;
            }
        }

        private List<String> command(List<Path> sockets) {
            var command = new ArrayList<>(List.of("stdbuf", "-oL", "qemu-system-x86_64"));
            command.addAll(List.of("-machine", "q35,accel=tcg", "-m", "64", "-nodefaults", "-no-user-config"));
            command.addAll(List.of(
                    "-display", "none", "-S", "-bios", haltingBios(directory).toString()));
            for (Path socket : sockets) {
                String id = socket.getFileName().toString();
                command.addAll(List.of("-chardev", "socket,id=" + id + ",path=" + socket + ",server=on,wait=off"));
                command.addAll(List.of("-mon", "chardev=" + id + ",mode=control"));
            }
            if (disks.stream().anyMatch(disk -> disk.bus() == Bus.SCSI)) {
                command.addAll(List.of("-device", "virtio-scsi-pci,id=scsi0"));
            }
            disks.forEach(disk -> command.addAll(disk.arguments()));
            command.addAll(arguments);
            return command;
        }
    }

    /// A machine whose files live in `directory`.
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    public long pid() {
        return process.pid();
    }

    public ChildProcess process() {
        return process;
    }

    public Path directory() {
        return directory;
    }

    public List<VmDisk> disks() {
        return disks;
    }

    public VmDisk disk(String id) {
        return disks.stream().filter(disk -> disk.id().equals(id)).findFirst().orElseThrow();
    }

    /// The monitor sockets that are free for the code under test.
    public List<Path> monitorSockets() {
        return sockets.subList(0, sockets.size() - 1);
    }

    /// The fixture's own monitor connection.
    public Monitor monitor() {
        return monitor;
    }

    /// Does what a guest would do, with a command of `qemu-io`: `write -P 0x11 0 1M`, `write -z -u 0 64k`,
    /// `discard 0 1M`, `read -P 0x11 0 512`, `write -s FILE 0 4k`. It goes through the device's own connection
    /// to the block graph, so it meets whatever filter stands there, and blocks QEMU's main loop meanwhile.
    ///
    /// @return the line `qemu-io` printed, `wrote 1048576/1048576 bytes at offset 0`
    /// @throws AssertionError if the command failed or did not do all of its work
    public String io(String disk, String command) {
        synchronized (process) {
            int from = process.lines().size();
            monitor.human("qemu-io -d " + disk(disk).qdev() + " \"" + command + "\"");
            String result = process.awaitLine(from, IO_LIMIT, HaltVm::isIoResult);
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
        Path socket = directory.resolve("load");
        if (!Files.exists(socket)) {
            var address = Json.object("type", "unix", "data", Json.object("path", socket.toString()));
            monitor.execute("nbd-server-start", Json.object("addr", address));
        }
        var export = Json.object("type", "nbd", "id", "load-" + disk, "name", "load-" + disk, "writable", true);
        monitor.execute("block-export-add", export.put("node-name", topNode(disk)));
        return NbdWriter.connect(socket, "load-" + disk);
    }

    /// The name of the node that the device writes to now (`query-block`, `inserted.node-name`).
    public String topNode(String disk) {
        for (JsonNode device : monitor.execute("query-block")) {
            if (device.path("qdev").asText().equals(disk(disk).qdev())) {
                return device.path("inserted").path("node-name").asText();
            }
        }
        throw new AssertionError("QEMU has no device " + disk);
    }

    /// Sends SIGKILL to QEMU, as a crash, and waits for its end. Images keep what was written.
    public void kill() {
        process.kill();
        monitor.close();
    }

    /// Asks QEMU to quit, which stores persistent bitmaps, and waits for its end.
    public void quit() {
        monitor.execute("quit");
        process.awaitExit(START_LIMIT);
        monitor.close();
    }

    @Override
    public void close() {
        kill();
    }

    private static Monitor connect(Path socket) {
        return Monitor.connect(socket);
    }

    private static boolean isIoResult(String line) {
        return line.matches("(wrote|read|discard) .*bytes at offset.*|.*(failed|error|invalid|rror:).*");
    }

    /// A firmware of HLT instructions; the reset vector does `cli; hlt` and jumps back to the `hlt`.
    static Path haltingBios(Path directory) {
        Path file = directory.resolve("hlt.bin");
        var code = new byte[BIOS_BYTES];
        Arrays.fill(code, HLT);
        byte[] reset = {(byte) 0xFA, HLT, (byte) 0xEB, (byte) 0xFD};
        System.arraycopy(reset, 0, code, BIOS_BYTES - 16, reset.length);
        try {
            return Files.write(file, code);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
