package org.virtkeep.qmp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.virtkeep.model.Deadline;

/// A real QEMU without a guest: its firmware halts at once, so it takes no time, and `cont` makes it run. Two
/// qcow2 disks `vda` and `vdb` of 64 MiB, and as many monitors as wanted.
final class QemuProcess implements AutoCloseable {

    static final long DISK_BYTES = 64 << 20;

    private final Process process;
    private final Path directory;
    private final Path log;

    private QemuProcess(Process process, Path directory, Path log) {
        this.process = process;
        this.directory = directory;
        this.log = log;
    }

    /// Starts `qemu-system-x86_64`, paused.
    static QemuProcess start(Path directory, int monitors) throws IOException, InterruptedException {
        Path firmware = Files.write(directory.resolve("halt.bin"), haltingFirmware());
        List<String> command = new ArrayList<>(List.of("qemu-system-x86_64", "-machine", "q35", "-accel", "tcg"));
        command.addAll(List.of("-bios", firmware.toString(), "-m", "64", "-nodefaults", "-no-user-config"));
        command.addAll(List.of("-display", "none", "-S", "-name", "vm1", "-object", "iothread,id=io0"));
        command.addAll(List.of("-device", "virtio-scsi-pci,id=scsi0"));
        for (int i = 0; i < monitors; i++) {
            command.addAll(List.of("-chardev", chardev(directory, i), "-mon", "chardev=qmp" + i + ",mode=control"));
        }
        for (String disk : List.of("vda", "vdb")) {
            Path image = directory.resolve(disk + ".qcow2");
            run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), Long.toString(DISK_BYTES));
            command.addAll(
                    List.of("-blockdev", NodeOptions.file(disk + "-f", image).toString()));
            command.addAll(List.of(
                    "-blockdev",
                    NodeOptions.qcow2(disk, disk + "-f").withoutBacking().toString()));
            command.addAll(List.of("-device", "virtio-blk-pci,drive=%s,id=%sd".formatted(disk, disk)));
        }
        return start(directory, command);
    }

    /// Starts `qemu-storage-daemon` without nodes.
    static QemuProcess startStorageDaemon(Path directory) throws IOException {
        return start(
                directory,
                List.of("qemu-storage-daemon", "--chardev", chardev(directory, 0), "--monitor", "chardev=qmp0"));
    }

    private static QemuProcess start(Path directory, List<String> command) throws IOException {
        Path log = directory.resolve("qemu.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new QemuProcess(process, directory, log);
    }

    private static String chardev(Path directory, int monitor) {
        return "socket,id=qmp%d,path=%s,server=on,wait=off".formatted(monitor, socket(directory, monitor));
    }

    private static Path socket(Path directory, int monitor) {
        return directory.resolve("qmp%d.sock".formatted(monitor));
    }

    /// 64 KiB of `hlt`, and `cli; hlt; jmp $-1` where the processor starts.
    private static byte[] haltingFirmware() {
        byte[] firmware = new byte[1 << 16];
        Arrays.fill(firmware, (byte) 0xF4);
        firmware[0xFFF0] = (byte) 0xFA;
        firmware[0xFFF2] = (byte) 0xEB;
        firmware[0xFFF3] = (byte) 0xFD;
        return firmware;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("%s ended with %d".formatted(String.join(" ", command), status));
        }
    }

    Path socket(int monitor) {
        return socket(directory, monitor);
    }

    /// Connects as soon as QEMU listens.
    QmpConnection connect(int monitor) throws IOException, InterruptedException {
        Deadline started = Deadline.inMillis(30_000);
        while (true) {
            try {
                return QmpConnection.connect(socket(monitor), started);
            } catch (QmpException.Disconnected e) {
                if (!process.isAlive() || started.hasPassed()) {
                    throw new IOException("QEMU does not start: " + Files.readString(log), e);
                }
                process.waitFor(10, TimeUnit.MILLISECONDS); // QEMU does not tell when it listens
            }
        }
    }

    boolean awaitEnd() throws InterruptedException {
        return process.waitFor(30, TimeUnit.SECONDS);
    }

    /// Sends a signal: `KILL`, `STOP`, `CONT`.
    void signal(String name) throws IOException, InterruptedException {
        run("kill", "-" + name, Long.toString(process.pid()));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IOException("interrupted while QEMU ends", e);
        }
    }
}
