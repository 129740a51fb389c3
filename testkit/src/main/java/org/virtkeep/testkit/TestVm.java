package org.virtkeep.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A QEMU process with disks and monitors that a test owns. `close()` kills it and waits for its end.
///
/// The last monitor socket belongs to the fixture itself ([#monitor()]); the others are free for the code under
/// test. Not thread-safe unless a method says so.
public abstract sealed class TestVm implements AutoCloseable permits HaltVm, GuestVm {

    static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Path directory;
    private final List<VmDisk> disks;
    private final List<Path> sockets;
    private final ChildProcess process;
    private final Monitor monitor;

    /// Starts QEMU and connects to its last monitor. Files are put into `directory`.
    ///
    /// @param monitors how many sockets are free for the code under test
    /// @param machine what makes this kind of machine
    TestVm(Path directory, List<VmDisk> disks, int monitors, List<String> machine) {
        this.directory = directory;
        this.disks = List.copyOf(disks);
        this.sockets = IntStream.rangeClosed(0, monitors)
                .mapToObj(i -> directory.resolve("qmp" + i))
                .toList();
        sockets.forEach(TestVm::deleteStale);
        this.process = ChildProcess.start("qemu", command(machine));
        try {
            this.monitor = connect();
        } catch (RuntimeException | Error e) {
            process.close();
            throw e;
        }
    }

    public final long pid() {
        return process.pid();
    }

    public final ChildProcess process() {
        return process;
    }

    public final Path directory() {
        return directory;
    }

    public final List<VmDisk> disks() {
        return disks;
    }

    public final VmDisk disk(String id) {
        return disks.stream().filter(disk -> disk.id().equals(id)).findFirst().orElseThrow();
    }

    /// The monitor sockets that are free for the code under test.
    public final List<Path> monitorSockets() {
        return sockets.subList(0, sockets.size() - 1);
    }

    /// The fixture's own monitor connection.
    public final Monitor monitor() {
        return monitor;
    }

    /// What `query-status` calls `status`: `running`, `paused`, `prelaunch`, `io-error`, …
    public final String status() {
        return monitor.execute("query-status").path("status").asText();
    }

    /// The name of the node that the device writes to now (`query-block`, `inserted.node-name`).
    public final String topNode(String disk) {
        for (JsonNode device : monitor.execute("query-block")) {
            if (device.path("qdev").asText().equals(disk(disk).qdev())) {
                return device.path("inserted").path("node-name").asText();
            }
        }
        throw new AssertionError("QEMU has no device " + disk);
    }

    /// Sends SIGKILL to QEMU, as a crash, and waits for its end. Images keep what was written.
    public final void kill() {
        process.kill();
        monitor.close();
    }

    /// Asks QEMU to quit, which stores persistent bitmaps, and waits for its end.
    public final void quit() {
        monitor.execute("quit");
        process.awaitExit(START_LIMIT);
        monitor.close();
    }

    @Override
    public void close() {
        kill();
    }

    private List<String> command(List<String> machine) {
        var command = new ArrayList<>(List.of("stdbuf", "-oL", "qemu-system-x86_64"));
        command.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none"));
        command.addAll(machine);
        for (Path socket : sockets) {
            String id = socket.getFileName().toString();
            command.addAll(List.of("-chardev", "socket,id=" + id + ",path=" + socket + ",server=on,wait=off"));
            command.addAll(List.of("-mon", "chardev=" + id + ",mode=control"));
        }
        if (disks.stream().anyMatch(disk -> disk.bus() == Bus.SCSI)) {
            command.addAll(List.of("-device", "virtio-scsi-pci,id=scsi0"));
        }
        disks.forEach(disk -> command.addAll(disk.arguments()));
        return command;
    }

    private Monitor connect() {
        Await.until("QEMU's monitor", START_LIMIT, () -> {
            if (!process.isAlive()) {
                process.awaitExit(START_LIMIT);
                throw new AssertionError("QEMU ended at once; " + process.tail());
            }
            return Files.exists(sockets.getLast());
        });
        return Monitor.connect(sockets.getLast());
    }

    /// A socket file of an earlier process in the same folder would look like a machine that is ready.
    private static void deleteStale(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
